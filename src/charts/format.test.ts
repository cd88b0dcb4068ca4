import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatEffect,
  formatMeasured,
  formatMetric,
  formatNumber,
  formatPValue,
  formatQuantity,
  formatRatio,
  formatSet,
  formatShare,
  formatValue,
} from './format.ts'

test('counts and shares', () => {
  expect([0, 999, 10_000, 45_840_617].map(formatCount)).toEqual(['0', '999', '10,000', '45,840,617'])
  expect([0, 0.103, 0.1056, 1].map(formatShare)).toEqual(['0.0%', '10.3%', '10.6%', '100.0%'])
  expect(formatQuantity(1, 'row')).toBe('1 row')
  expect(formatQuantity(28_860, 'row')).toBe('28,860 rows')
  expect(formatQuantity(2, 'class', 'classes')).toBe('2 classes')
})

test('metrics take four decimals, three beside an interval, an exponent below 0.001', () => {
  expect([0.84464, 1, 0, 0.00031, -0.0000004].map(value => formatMetric(value))).toEqual([
    '0.8446',
    '1.0000',
    '0.0000',
    '3.1e-4',
    '-4.0e-7',
  ])
  expect(formatMeasured({ value: 0.8621, low: 0.8458, high: 0.8773 })).toBe('0.862 [0.846, 0.877]')
  expect(formatMeasured({ value: 0.5 })).toBe('0.500')
  expect(formatMetric(12345.678, { inTargetUnits: true })).toBe('12,350')
  expect(formatMeasured({ value: 3.14159, low: 2.9, high: 3.4 }, { inTargetUnits: true })).toBe('3.142 [2.900, 3.400]')
})

test('effects take three significant digits of the greatest number in the interval', () => {
  expect(formatEffect({ value: 0.4123, low: 0.352, high: 0.4741 })).toBe('0.412 [0.352, 0.474]')
  expect(formatEffect({ value: 0.06, low: -0.0001, high: 0.12 })).toBe('0.060 [0.000, 0.120]')
  expect(formatEffect({ value: -0.000021, low: -0.00004, high: 0 })).toBe('-2.1e-5 [-4.0e-5, 0]')
  expect(formatEffect({ value: 0.8 })).toBe('0.800')
  expect(formatEffect({ value: 1234.5, low: 1000, high: 1500 })).toBe('1,235 [1,000, 1,500]')
})

test('general numbers', () => {
  expect([0, 1, 0.5, 141.23, 12345, 0.0412, 9.999, -3.1e-7].map(value => formatNumber(value))).toEqual([
    '0.00',
    '1.00',
    '0.500',
    '141',
    '12,300',
    '0.0412',
    '10.0',
    '-3.1e-7',
  ])
})

test('values of the data stay as they are', () => {
  expect([1996, 0.25, 12_500, -3, 1 / 3, 1e-9].map(formatValue)).toEqual([
    '1996',
    '0.25',
    '12,500',
    '-3',
    '0.333333',
    '1e-9',
  ])
})

test('what is missing is a dash', () => {
  for (const format of [
    formatCount,
    formatShare,
    formatValue,
    formatMetric,
    formatNumber,
    formatDuration,
    formatBytes,
    formatRatio,
  ]) {
    expect([format(null), format(undefined), format(NaN)]).toEqual(['–', '–', '–'])
  }
  expect(formatMeasured({ value: null })).toBe('–')
  expect(formatEffect({ value: NaN, low: 0, high: 1 })).toBe('–')
  expect(formatMetric(Infinity)).toBe('infinite')
})

test('durations, bytes, ratios, p-values, sets', () => {
  expect([0.00001, 0.31, 1, 11.42, 59.99, 372, 7500].map(formatDuration)).toEqual([
    '10 µs',
    '310 ms',
    '1.0 s',
    '11.4 s',
    '1 min 0 s',
    '6 min 12 s',
    '2 h 5 min',
  ])
  expect([12, 640_000, 38_000_000, 1.2e9, 999_999].map(formatBytes)).toEqual([
    '12 B',
    '640 kB',
    '38 MB',
    '1.2 GB',
    '1.0 MB',
  ])
  expect(formatRatio(2.916)).toBe('2.92×')
  expect([formatPValue(0.0312), formatPValue(1e-9)]).toEqual(['p 0.031', 'p below 0.001'])
  expect(formatSet(['Wildlife Size', 'Phase of flight'])).toBe('Wildlife Size × Phase of flight')
})
