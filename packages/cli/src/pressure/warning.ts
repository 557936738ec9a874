/** A weakness in a valid tree: it may measure the wrong thing. */
export interface Warning {
  code: WarningCode
  /** Where in the tree. */
  path: string
  /** Why it is a weakness, in one sentence. */
  message: string
  /** What to do about it, in one sentence. */
  advice: string
}

type WarningCode =
  | 'vanity_metric'
  | 'no_value_event'
  | 'cumulative_metric'
  | 'lagging_indicator'
  | 'gameable'
  | 'too_complex'
  | 'not_decomposable'
  | 'no_revenue'
  | 'no_owner'
  | 'no_limit'
  | 'review_overdue'
  | 'definition_changed'
  | 'orphan_metric'
