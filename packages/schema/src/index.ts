export {
  type Duration,
  type DurationUnit,
  dateDurationSchema,
  durationSchema,
  parseDuration,
} from './duration.js'
export * from './event/index.js'
export { jsonSchemas } from './json-schema.js'
export { formatPath, type Parsed, type Problem, parseWith } from './problem.js'
export * from './report/index.js'
export * from './tree/index.js'
