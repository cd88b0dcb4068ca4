/**
 * Runs in the page, as its own text: it may use nothing from outside itself. The page is whole without it; with it, marks
 * say their numbers to a pointer and to the arrow keys, Enter leads from a pair's mark to its figure, and printing opens folds.
 */
export function enhance(): void {
  const say = document.createElement('div')
  say.id = 'say'
  say.setAttribute('role', 'status')
  document.body.append(say)
  let here: Element | undefined

  const quiet = () => {
    here?.classList.remove('here')
    here = undefined
    say.textContent = ''
  }

  const show = (mark: Element) => {
    quiet()
    here = mark
    mark.classList.add('here')
    say.textContent = mark.getAttribute('data-say')
    place(mark)
  }

  const place = (mark: Element) => {
    const box = mark.getBoundingClientRect()
    const own = say.getBoundingClientRect()
    const left = Math.min(Math.max(box.left + box.width / 2 - own.width / 2, 8), innerWidth - own.width - 8)
    const above = box.top - own.height - 8
    say.style.left = `${left}px`
    say.style.top = `${above < 8 ? box.bottom + 8 : above}px`
  }

  const follow = (mark: Element | undefined) => {
    const text = mark?.getAttribute('data-say') ?? ''
    const goal = [...document.querySelectorAll<HTMLElement>('[data-set]')].find(figure =>
      text.startsWith(`${figure.dataset.set}:`),
    )
    if (!goal) return
    quiet()
    goal.setAttribute('tabindex', '-1')
    goal.scrollIntoView()
    goal.focus()
  }

  const centre = (mark: Element) => {
    const box = mark.getBoundingClientRect()
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 }
  }

  /** The nearest mark in the direction of the key; steps aside cost twice. */
  const next = (marks: Element[], dx: number, dy: number) => {
    if (!here || !marks.includes(here)) return marks[0]
    const from = centre(here)
    let best: Element | undefined
    let least = Infinity
    for (const mark of marks) {
      const to = centre(mark)
      const along = (to.x - from.x) * dx + (to.y - from.y) * dy
      const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx)
      if (along > 1 && along + 2 * aside < least) {
        least = along + 2 * aside
        best = mark
      }
    }
    return best ?? here
  }

  const keys: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  }

  for (const drawing of document.querySelectorAll<HTMLElement>('.drawing')) {
    if (!drawing.querySelector('[data-say]')) continue
    drawing.tabIndex = 0
    drawing.setAttribute('role', 'group')
    drawing.setAttribute('aria-label', 'chart marks, arrow keys move')
    drawing.addEventListener('keydown', event => {
      const step = keys[event.key]
      if (event.key === 'Enter') follow(here)
      if (event.key === 'Escape') quiet()
      if (!step) return
      event.preventDefault()
      const mark = next([...drawing.querySelectorAll('[data-say]')], ...step)
      if (mark) show(mark)
    })
    drawing.addEventListener('blur', quiet)
    drawing.addEventListener('pointerover', event => {
      const mark = (event.target as Element).closest('[data-say]')
      if (mark) show(mark)
      else quiet()
    })
    drawing.addEventListener('pointerleave', quiet)
    drawing.addEventListener('click', event => follow((event.target as Element).closest('[data-say]') ?? undefined))
  }
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') quiet()
  })
  // what is said stays beside its mark: a scroll that focusing a drawing began may end after the first arrow key
  document.addEventListener('scroll', () => here && place(here), { passive: true })

  if (matchMedia('(max-width: 640px)').matches) {
    for (const map of document.querySelectorAll<HTMLDetailsElement>('details.map')) map.open = false
  }

  let opened: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details.fold:not([open]), details.map:not([open])')]
    for (const fold of opened) fold.open = true
  })
  addEventListener('afterprint', () => {
    for (const fold of opened) fold.open = false
  })
}
