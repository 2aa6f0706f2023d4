/** Every source file that does something has a test file in the same place under `test`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Node } from 'oxc-parser'
import type { Problem } from '../problem.ts'
import type { SourceFile } from '../syntax/source-file.ts'
import type { Excuses } from './excuses.ts'

/** Reports a file under `src` without its test file. */
export function missingTests(root: string, file: SourceFile, excuses: Excuses): Problem[] {
  if (file.path.endsWith('/index.ts') || file.program.body.every(isOnlyTypes)) return []
  const testPath = file.path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts')
  if (existsSync(join(root, testPath)) || excuses.covers(file.path)) return []
  const wanted = `${testPath}, or an entry in tools/house-allowances.ts saying what covers it`
  return [{ path: file.path, line: 1, message: 'has no test file', wanted }]
}

/** Imports, types and re-exports: nothing a test could run. */
function isOnlyTypes(statement: Node): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return true
    case 'ExportNamedDeclaration':
      return statement.declaration === null || isOnlyTypes(statement.declaration)
    default:
      return 'declare' in statement && statement.declare === true
  }
}
