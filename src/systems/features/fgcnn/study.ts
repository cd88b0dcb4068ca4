import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({ claims: {}, run: async () => ({}) })
