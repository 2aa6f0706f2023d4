/** What a user's first file looks like; compiled and run against the packed package. */
import { startNode } from 'flotilla'

console.log(typeof startNode)
