import { expect, it } from 'vitest'
import { systemNamed } from '../systems/index.ts'
import { refuseDevice } from './refuse-device.ts'

it('lets networks of the engine go to a card, and refuses one for a system of its own code', () => {
  expect(() => refuseDevice(systemNamed('spm'), 'cuda')).not.toThrow()
  expect(() => refuseDevice(systemNamed('funbat'), 'cpu')).not.toThrow()
  expect(() => refuseDevice(systemNamed('funbat'), 'cuda')).toThrow(/funbat is none/)
})

it('says that a study stays on the processor, of a network that fit takes to a card', () => {
  expect(() => refuseDevice(systemNamed('autoint'), 'cuda')).toThrow('the study of autoint runs on the processor')
})
