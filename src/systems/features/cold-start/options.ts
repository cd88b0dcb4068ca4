import { option, z } from '../../../system/index.ts'

const whole = (least: number, most: number) => z.number().int().min(least).max(most)
const share = () => z.number().min(0).max(1)

export const options = z.object({
  protocol: z
    .enum(['cold-user', 'cold-item', 'warm'])
    .default('cold-user')
    .describe('what is kept back and scored: whole users, the newest items, or the last choice of every user'),
  embeddingDimension: option.embeddingDimension(32),
  selection: z
    .enum(['softmax', 'sparsemax', 'none'])
    .default('softmax')
    .describe('how fields are weighed, row by row; sparsemax leaves some out, none weighs all alike'),
  counterpart: z.boolean().default(true).describe('let the weights of user fields depend on the item, and the reverse'),
  gate: z.boolean().default(true).describe('weigh user, item and context against each other, row by row'),
  width: whole(1, 4096).default(64).describe('width of the vectors of user, item and context'),
  hidden: option.hidden([128, 64]),
  useContext: z.boolean().default(true).describe('read hour, weekday and how active the user just was'),
  history: whole(0, 100).default(5).describe('last choices of a user that are read; 0 for none'),
  contrast: z.number().min(0).max(100).default(0.1).describe('weight of each of the two contrastive losses'),
  temperature: z.number().positive().max(10).default(0.2).describe('temperature of the contrastive losses'),
  idDropout: share().default(0.3).describe('share of users and items that training shows without their id'),
  attributeDropout: share().default(0.2).describe('share of attributes that a contrastive view leaves out'),
  negatives: whole(1, 100).default(4).describe('items drawn beside each choice'),
  popularNegatives: share()
    .default(0.5)
    .describe('share of them drawn as often as they are chosen, the rest uniformly'),
  learningRate: z.number().positive().max(10).default(1e-3).describe('step size of Adam'),
  batch: whole(2, 65_536).default(205).describe('choices a step, each with its negatives'),
  epochs: whole(1, 10_000).default(20).describe('most passes over the choices'),
  patience: whole(1, 10_000).default(3).describe('passes without a better validation NDCG before training stops'),
  regularization: z.number().min(0).max(10).default(1e-6).describe('L2 penalty on all weights'),
  top: whole(1, 10_000).default(10).describe('items recommended to each user'),
})

export type ColdStartOptions = z.output<typeof options>
