/**
 * An evening in two rooms.
 *
 * Usage: node build/examples/rooms/main.js
 */
import { exit, startNode } from 'flotilla'
import { makePlace } from './rooms.ts'

/** Lets three people talk, one of whom is gone all of a sudden. */
export async function run(print: (line: string) => void): Promise<void> {
  const place = makePlace()
  await using _node = await startNode(place.tree)
  const [ann, bob, eve] = [
    await place.arrive('Ann'),
    await place.arrive('Bob'),
    await place.arrive('Eve'),
  ]
  await place.enter(ann, '#tea', 'owner')
  await place.enter(bob, '#tea')
  await place.enter(eve, '#tea', 'moderator')
  await place.enter(eve, '#coffee', 'owner')
  print(`online: ${place.online().join(', ')}`)
  print(`#tea is moderated by ${place.withRole('#tea', 'moderator').join(', ')}`)

  const reached = place.say({ room: '#tea', from: 'Ann', text: 'the water boils' })
  print(`Ann reached ${reached}`)
  print(`Bob heard ${(await place.heard(bob)).map(({ from, text }) => `${from}: ${text}`).join()}`)

  exit(eve, 'kill')
  print(`after Eve was killed: ${place.online().join(', ')}`)
  await place.become(bob, '#tea', 'moderator')
  print(`#tea is moderated by ${place.withRole('#tea', 'moderator').join(', ')}`)
  for (const [room, crowd] of place.crowds()) print(`${room}: ${crowd}`)
}

if (process.argv[1] === import.meta.filename) await run(console.log)
