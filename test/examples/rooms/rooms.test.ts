import fc from 'fast-check'
import { call, exit, isAlive, startNode } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { makePlace, type PersonPid, type Role, type Room } from '../../../examples/rooms/rooms.ts'

async function open(maxPresences?: number) {
  const host = virtualHost()
  const place = makePlace(maxPresences)
  const node = await startNode(place.tree, { host })
  return { ...place, host, node, [Symbol.asyncDispose]: () => node.stop() }
}

describe('what is said in a room', () => {
  it('is heard by everybody in it and by nobody else', async () => {
    await using place = await open()
    const [ann, bob, eve] = [
      await place.arrive('Ann'),
      await place.arrive('Bob'),
      await place.arrive('Eve'),
    ]
    for (const who of [ann, bob]) await place.enter(who, '#tea')
    await place.enter(eve, '#coffee')
    const line = { room: '#tea', from: 'Ann', text: 'hello' } as const
    expect(place.say(line)).toBe(2)
    expect([await place.heard(ann), await place.heard(bob), await place.heard(eve)]).toEqual([
      [line],
      [line],
      [],
    ])
  })

  it('is said to nobody in an empty room', async () => {
    await using place = await open()
    expect(place.say({ room: '#tea', from: 'Ann', text: 'hello?' })).toBe(0)
  })
})

describe('a person', () => {
  it('is in a room once, and may be in many', async () => {
    await using place = await open()
    const ann = await place.arrive('Ann')
    expect(await place.enter(ann, '#tea')).toEqual({ ok: true })
    expect(await place.enter(ann, '#tea')).toEqual({ ok: false, reason: 'inside' })
    expect(await place.enter(ann, '#coffee')).toEqual({ ok: true })
    expect(place.rooms.keys(ann).toSorted()).toEqual(['#coffee', '#tea'])
    expect(await place.leave(ann, '#tea')).toBe(true)
    expect(await place.leave(ann, '#tea')).toBe(false)
    expect([place.online(), [...place.crowds()]]).toEqual([['Ann'], [['#coffee', 1]]])
  })

  it('is told when the place is full', async () => {
    await using place = await open(1)
    const [ann, bob] = [await place.arrive('Ann'), await place.arrive('Bob')]
    expect(await place.enter(ann, '#tea')).toEqual({ ok: true })
    expect(await place.enter(bob, '#tea')).toEqual({ ok: false, reason: 'full' })
    await place.leave(ann, '#tea')
    expect(await place.enter(bob, '#tea')).toEqual({ ok: true })
  })

  it('has a role in each room, which can change', async () => {
    await using place = await open()
    const [ann, bob] = [await place.arrive('Ann'), await place.arrive('Bob')]
    await place.enter(ann, '#tea', 'owner')
    await place.enter(bob, '#tea')
    expect([place.withRole('#tea', 'owner'), place.withRole('#tea', 'guest')]).toEqual([
      ['Ann'],
      ['Bob'],
    ])
    expect(await place.become(bob, '#tea', 'moderator')).toBe(true)
    expect(await place.become(bob, '#tea', 'moderator')).toBe(false)
    expect(await place.become(bob, '#coffee', 'moderator')).toBe(false)
    expect(place.withRole('#tea', 'moderator')).toEqual(['Bob'])
    expect(place.rooms.values('#tea', bob)).toEqual([{ name: 'Bob', role: 'moderator' }])
  })

  it('is out of every room in the turn in which it is killed', async () => {
    await using place = await open()
    const ann = await place.arrive('Ann')
    await place.enter(ann, '#tea')
    await place.enter(ann, '#coffee')
    exit(ann, 'kill')
    expect([place.online(), place.crowds().size, place.rooms.count()]).toEqual([[], 0, 0])
    expect(place.say({ room: '#tea', from: 'nobody', text: 'gone' })).toBe(0)
  })
})

describe('who is online', () => {
  const names = ['Ann', 'Bob', 'Eve', 'Joe'] as const
  const allRooms: readonly Room[] = ['#tea', '#coffee', '#water']
  const step = fc.record({
    what: fc.constantFrom('enter', 'enter', 'become', 'leave', 'kill'),
    who: fc.constantFrom(...names),
    room: fc.constantFrom(...allRooms),
    role: fc.constantFrom<Role>('owner', 'moderator', 'guest'),
  })

  it('is whoever entered a room and neither left it nor ended, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        await using place = await open()
        const pids = new Map<string, PersonPid>()
        const model = new Map<string, Map<Room, Role>>()
        for (const { what, who, room, role } of steps) {
          const pid = pids.get(who) ?? (await place.arrive(who))
          pids.set(who, pid)
          const inside = model.get(who) ?? new Map<Room, Role>()
          model.set(who, inside)
          if (what === 'enter') {
            expect((await place.enter(pid, room, role)).ok).toBe(!inside.has(room))
            if (!inside.has(room)) inside.set(room, role)
          } else if (what === 'become') {
            const changes = inside.has(room) && inside.get(room) !== role
            expect(await place.become(pid, room, role)).toBe(changes)
            if (changes) inside.set(room, role)
          } else if (what === 'leave') {
            expect(await place.leave(pid, room)).toBe(inside.delete(room))
          } else {
            exit(pid, 'kill')
            pids.delete(who)
            model.delete(who)
          }
          expectSame(place, model)
        }
        for (const pid of pids.values())
          expect(isAlive(pid) && (await call(pid, 'heard'))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  function expectSame(
    place: Awaited<ReturnType<typeof open>>,
    model: ReadonlyMap<string, ReadonlyMap<Room, Role>>,
  ): void {
    const present = [...model].filter(([, inside]) => inside.size > 0)
    expect(place.online()).toEqual(present.map(([who]) => who).toSorted())
    for (const room of allRooms) {
      for (const role of ['owner', 'moderator', 'guest'] as const) {
        const those = present.filter(([, inside]) => inside.get(room) === role)
        expect(place.withRole(room, role).toSorted()).toEqual(those.map(([who]) => who).toSorted())
      }
      const crowd = present.filter(([, inside]) => inside.has(room)).length
      expect(place.crowds().get(room) ?? 0).toBe(crowd)
    }
  }
})
