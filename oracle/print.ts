/**
 * Programs as readers see them.
 */
import type { Action, ChildNode, Operation, Program, Script, Target } from './program.ts'

/** A program as an indented text. */
export function programText(program: Program): string {
  const tree = treeLines(program.root).join('\n')
  const operations = program.operations.map((operation, index) => {
    return `${index + 1}. ${operationText(operation)}`
  })
  return `${tree}\n${operations.join('\n')}`
}

function treeLines(node: ChildNode): string[] {
  const children = node.kind === 'supervisor' ? node.children.flatMap(treeLines) : []
  return [placeText(node), ...children.map((line) => `  ${line}`)]
}

function placeText(node: ChildNode): string {
  const traits: string[] = [node.restart, `shutdown ${node.shutdown}`]
  if (node.significant) traits.push('significant')
  switch (node.kind) {
    case 'worker':
      if (node.name !== undefined) traits.push(`name k${node.name}`)
      if (node.traps) traits.push('traps exits')
      if (node.inits.length > 0) traits.push(`init ${node.inits.join(', ')}, then ok`)
      if (node.atInit.length > 0) traits.push(`in init ${actionsText(node.atInit)}`)
      if (node.atExit === 'stop') traits.push('stops at an EXIT')
      if (node.atDown === 'stop') traits.push('stops at a DOWN')
      if (node.atTerminate !== 'end') traits.push(`${node.atTerminate}s in terminate`)
      break
    case 'supervisor':
      traits.push(node.strategy, `${node.maxRestarts} restarts in ${node.maxSeconds} s`)
      if (node.autoShutdown !== 'never') traits.push(`auto_shutdown ${node.autoShutdown}`)
      break
    case 'dynamic':
      traits.push(`${node.maxRestarts} restarts in ${node.maxSeconds} s`)
      if (node.maxChildren !== 'infinity') traits.push(`at most ${node.maxChildren} children`)
  }
  return `${node.kind} ${node.id}: ${traits.join(', ')}`
}

function operationText(operation: Operation): string {
  switch (operation.op) {
    case 'send': {
      const { how, to, script } = operation
      return `${how} ${targetText(to)}: ${scriptText(script)}`
    }
    case 'signal':
      return `exit signal ${operation.reason} to ${targetText(operation.to)}`
    case 'halt':
      return `GenServer.stop ${targetText(operation.to)} with ${operation.reason}`
    case 'start':
      return `start under ${operation.under}: ${treeLines(operation.child).join('; ')}`
    case 'terminate':
    case 'restart':
    case 'delete':
      return `${operation.op}_child ${operation.child} of ${operation.under}`
    case 'count':
      return `count_children of ${operation.of}`
    case 'advance':
      return `${operation.seconds} s pass`
    case 'timed':
      return operationText(operation.operation)
    case 'burst':
      return `at once: ${operation.operations.map(operationText).join(' | ')}`
  }
}

function scriptText({ tag, actions }: Script): string {
  return `message ${tag} {${actionsText(actions)}}`
}

function actionsText(actions: readonly Action[]): string {
  return actions.map(actionText).join('; ')
}

function actionText(action: Action): string {
  switch (action.do) {
    case 'stop':
      return `stop with ${action.reason}${action.replies ? ' and a reply' : ''}`
    case 'exit':
      return `exit ${action.reason}`
    case 'trap':
      return action.on ? 'trap exits' : 'trap exits no more'
    case 'link':
    case 'unlink':
    case 'monitor':
    case 'demonitor':
      return `${action.do} ${targetText(action.to)}`
    case 'call':
    case 'cast':
    case 'info': {
      const how = action.do === 'call' ? howText(action) : action.do
      return `${how} ${targetText(action.to)}: ${scriptText(action.script)}`
    }
    case 'signal':
      return `exit signal ${action.reason} to ${targetText(action.to)}`
    case 'halt':
      return `GenServer.stop ${targetText(action.to)} with ${action.reason}`
    case 'start':
      return `start under ${action.under}: ${placeText(action.child)}`
    case 'spawn':
      return `start${action.linked ? '_link' : ''} ${placeText(action.child)}`
    case 'where':
      return `whereis k${action.name}`
    case 'register':
    case 'unregister':
      return `${action.do} k${action.name}`
    case 'continue':
      return `continue: ${scriptText(action.script)}`
    default:
      return action.do
  }
}

function howText({ caught, timesOut }: Extract<Action, { readonly do: 'call' }>): string {
  return `call${caught ? '' : ' uncaught'}${timesOut ? ' for 1 ms' : ''}`
}

function targetText(to: Target): string {
  return to < 0 ? `k${-1 - to}` : `${to}`
}
