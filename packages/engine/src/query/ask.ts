import { leaves } from '../plan/compile.js'
import { ignoredQuestion } from '../plan/ignored.js'
import { leafQuestion, segmentsQuestion } from '../plan/leaf.js'
import type { LeafPlan, Plan } from '../plan/plan.js'
import type { Scene } from '../plan/scene.js'
import type { Question } from '../plan/table.js'

/** Something to be known of a leaf, for the slices of a scene. */
export interface Ask {
  scene: Scene
  plan: LeafPlan
  /** Tells apart different questions about one leaf. */
  about: 'numbers' | 'ignored' | 'segments'
  /** The question, for a scene that may have fewer slices. */
  question(scene: Scene): Question
}

/** All that has to be known to compute a plan: what was ignored in the whole, and where there are segments, which. */
export function asksOf(scene: Scene, plan: Plan): Ask[] {
  return leaves(plan).flatMap((leaf): Ask[] => {
    const numbers: Ask = { scene, plan: leaf, about: 'numbers', question: (part) => leafQuestion(part, leaf) }
    const [about, ask] = scene.segment
      ? (['segments', segmentsQuestion] as const)
      : (['ignored', ignoredQuestion] as const)
    if (!ask(scene, leaf)) return [numbers]
    return [numbers, { scene, plan: leaf, about, question: (part) => ask(part, leaf) as Question }]
  })
}
