export type Rgb = readonly [red: number, green: number, blue: number]

export const colours = {
  red: [220, 40, 40],
  green: [40, 170, 70],
  blue: [50, 80, 220],
  yellow: [240, 210, 50],
  magenta: [210, 60, 190],
  cyan: [50, 200, 210],
  orange: [245, 140, 40],
  white: [245, 245, 245],
} as const satisfies Record<string, Rgb>

export type Colour = keyof typeof colours

const dark: Rgb = [60, 60, 60]
const light: Rgb = [200, 200, 200]

/** The colour behind everything at a place of the canvas, both coordinates in 0 .. 1. */
export const backgrounds = {
  dark: () => dark,
  light: () => light,
  sand: (): Rgb => [225, 205, 160],
  navy: (): Rgb => [20, 30, 80],
  stripes: (_x: number, y: number) => (Math.floor(y * 8) % 2 === 0 ? dark : light),
  checker: (x: number, y: number) => ((Math.floor(x * 4) + Math.floor(y * 4)) % 2 === 0 ? dark : light),
} satisfies Record<string, (x: number, y: number) => Rgb>

export type Background = keyof typeof backgrounds
