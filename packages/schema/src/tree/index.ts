export {
  type Calendar,
  GRAINS,
  type Grain,
  grainSchema,
  timeZoneSchema,
  WEEKDAYS,
} from './calendar.js'
export type {
  AverageDefinition,
  ConversionDefinition,
  CountDefinition,
  Definition,
  DerivedDefinition,
  EventNames,
  Having,
  Kind,
  Measure,
  PropertyThreshold,
  RatioDefinition,
  RatioPart,
  RetentionDefinition,
  Step,
  StockDefinition,
  SumDefinition,
  Threshold,
  UniqueDefinition,
} from './definition.js'
export type { Formula, Goal, Limit, Metric, Unit } from './metric.js'
export { localDateSchema } from './names.js'
export type { Noun, NounForms } from './noun.js'
export { parseTree } from './parse.js'
export {
  BUILT_IN_ENTITIES,
  definitionIds,
  formulaIds,
  isEntity,
} from './references.js'
export {
  type Segment,
  type Tree,
  type TreeInput,
  treeShapeSchema,
} from './tree.js'
export { valueMoment } from './value-moment.js'
export type { Operators, PropertyTest, Scalar, Where } from './where.js'
