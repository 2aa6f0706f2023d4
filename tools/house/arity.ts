/** How many parameters a reader has to keep in order: values and types. */
import type { Node } from 'oxc-parser'
import type { Problem } from '../problem.ts'
import { lineAt, type SourceFile } from '../syntax/source-file.ts'
import { nodesAt, walk } from '../syntax/walk.ts'
import type { Excuses } from './excuses.ts'
import { siteName } from './site.ts'

const parametersMax = 3

/** More than three positional parameters, in a function or in the type of one. */
export function parameterProblems(file: SourceFile, excuses: Excuses): Problem[] {
  return tooMany(file, excuses, {
    count: (node) =>
      'returnType' in node ? nodesAt(node, 'params').filter(isPositional).length : 0,
    noun: 'positional parameters',
    wanted: `at most ${parametersMax}, then an options object`,
  })
}

/** More than three type parameters. */
export function typeParameterProblems(file: SourceFile, excuses: Excuses): Problem[] {
  return tooMany(file, excuses, {
    count: (node) =>
      nodesAt(node, 'typeParameters').flatMap((list) => nodesAt(list, 'params')).length,
    noun: 'type parameters',
    wanted: `at most ${parametersMax}; make a type that holds them`,
  })
}

interface Rule {
  readonly count: (node: Node) => number
  readonly noun: string
  readonly wanted: string
}

function tooMany(file: SourceFile, excuses: Excuses, rule: Rule): Problem[] {
  const problems: Problem[] = []
  walk(file.program, (node, ancestors) => {
    const count = rule.count(node)
    if (count <= parametersMax) return
    const site = siteName(node, ancestors)
    if (excuses.covers(`${file.path}#${site}`)) return
    const line = lineAt(file.text, node.start)
    const message = `${site} has ${count} ${rule.noun}`
    problems.push({ path: file.path, line, message, wanted: rule.wanted })
  })
  return problems
}

/** `this` is a type annotation in the clothes of a parameter. */
function isPositional(parameter: Node): boolean {
  return !(parameter.type === 'Identifier' && parameter.name === 'this')
}
