/** What a fit is doing between its epochs, as it is drawn. */
export const stages = {
  data: 'reading the data',
  baselines: 'fitting the baselines',
  interactions: 'measuring interactions',
  report: 'writing the report',
}
