import type { z } from 'zod'

/** What is wrong with an input, where, and in one sentence. */
export interface Problem {
  /** Where, as a reader would write it: `metrics.bookings.definition.event`, `batch[3].timestamp`; `''` for the whole. */
  path: string
  /** One sentence for a person, with what to do about it where possible. */
  message: string
}

/** Either the parsed value or everything that is wrong with the input; never both, never an exception. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: Problem[] }

/** Writes a path as code would: `metrics.m.formula.sum[1]`, and `events["sign up"]` where a name needs quotes. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(String(key))) text += text ? `.${String(key)}` : String(key)
    else text += `[${JSON.stringify(String(key))}]`
  }
  return text
}

/** Parses with a zod schema into the project's own result, one problem an issue. */
export function parseWith<S extends z.ZodType>(schema: S, input: unknown): Parsed<z.output<S>> {
  const result = schema.safeParse(input, { error: plainWords })
  if (result.success) return { ok: true, value: result.data }
  return {
    ok: false,
    problems: result.error.issues.flatMap((issue) => toProblems(issue, [])),
  }
}

const KINDS: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in [ ]',
  tuple: 'a list in [ ]',
  object: 'an object in { }',
  record: 'an object in { }',
}

/** What zod itself says is for programmers. A schema's own words come before these; null leaves the rest to zod. */
function plainWords(issue: z.core.$ZodRawIssue): string | null {
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected] ?? issue.expected
    return issue.input === undefined ? `This is missing; write ${kind}.` : `Write ${kind} here.`
  }
  if (issue.code === 'unrecognized_keys') return `Unknown: ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}.`
  if (issue.code === 'invalid_value') return `Write ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}.`
  return null
}

function toProblems(issue: z.core.$ZodIssue, parents: readonly PropertyKey[]): Problem[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'invalid_union') {
    const branch = nearestBranch(issue.errors)
    if (branch) return branch.flatMap((inner) => toProblems(inner, path))
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.map((inner) => ({
      path: formatPath(path),
      message: sentence(inner.message),
    }))
  }
  return [{ path: formatPath(path), message: sentence(issue.message) }]
}

/**
 * The union's branch that the input was most likely meant for: the one that got past the type of the whole.
 * Undefined when none did, or when several did; then the union's own sentence says more.
 */
function nearestBranch(branches: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const entered = branches.filter((issues) => !issues.some((issue) => issue.path.length === 0 && isTypeMismatch(issue)))
  return entered.length === 1 ? entered[0] : undefined
}

function isTypeMismatch(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}

function sentence(message: string): string {
  const text = message.trim()
  return /[.!?]$/.test(text) ? text : `${text}.`
}
