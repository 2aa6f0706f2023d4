/**
 * Rooms: people who hear what is said in the rooms they are in.
 *
 * Publish and subscribe over a registry of duplicates: a room is a key, whoever is in it has an
 * entry there with a badge. Nobody keeps a list of members: who leaves, crashes or is killed is out
 * of every room in that very step.
 */
import {
  any,
  call,
  cast,
  child,
  type DuplicateRegistry,
  defineServer,
  duplicateRegistry,
  dynamicSupervisor,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  supervisor,
  variable,
} from 'flotilla'

/** A place to talk. */
export type Room = `#${string}`

/** What somebody is in one room. */
export type Role = 'owner' | 'moderator' | 'guest'

/** What everybody in a room may know of somebody in it. */
export interface Badge {
  readonly name: string
  readonly role: Role
}

/** Something that was said. */
export interface Line {
  readonly room: Room
  readonly from: string
  readonly text: string
}

/** What a room asks of whoever is in it: to listen. */
export interface Listening {
  readonly calls: Readonly<Record<never, never>>
  readonly casts: { readonly hear: { readonly payload: Line } }
}

/** Who is where. */
export type Rooms = DuplicateRegistry<Room, Listening, Badge>

/** What came of an attempt to enter a room. */
export type Entered =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'inside' | 'full' }

interface Presence {
  readonly room: Room
  readonly role: Role
}

interface Person {
  readonly name: string
  readonly heard: readonly Line[]
}

/** The server of a person, who registers in the rooms of one place. */
function definePerson(rooms: Rooms) {
  return defineServer({
    name: 'person',
    init: (name: string): Person => ({ name, heard: [] }),
    calls: {
      enter(person, { room, role }: Presence, context) {
        if (rooms.values(room, context.self).length > 0) return reply(refused('inside'), person)
        const { ok } = rooms.register(context, room, { name: person.name, role })
        return reply(ok ? entered : refused('full'), person)
      },
      leave: (person, room: Room, context) => reply(rooms.unregister(context, room), person),
      /** Changes the badge; false: not in the room, or of that role already. */
      become(person, { room, role }: Presence, context) {
        const changed =
          rooms.unregisterMatch(context, room, {
            value: { role: variable('old') },
            where: ({ old }) => old !== role,
          }) > 0
        if (changed) rooms.register(context, room, { name: person.name, role })
        return reply(changed, person)
      },
      heard: (person) => reply(person.heard, person),
    },
    casts: {
      hear: (person, line: Line) => next({ ...person, heard: [...person.heard, line] }),
    },
  })
}

const entered: Entered = { ok: true }

function refused(reason: 'inside' | 'full'): Entered {
  return { ok: false, reason }
}

/** A person who runs. */
export type PersonPid = Pid<ProtocolOf<ReturnType<typeof definePerson>>>

/** A place with rooms, and what can be done there. */
export function makePlace(maxPresences = 10_000) {
  const rooms: Rooms = duplicateRegistry({ name: 'rooms', maxNames: maxPresences })
  const people = dynamicSupervisor({ name: 'people' })
  const Person = definePerson(rooms)
  const tree = supervisor({ name: 'place', strategy: 'rest_for_one' }, [rooms, people])
  return {
    tree,
    rooms,
    /** Somebody comes to the place, and is in no room yet. */
    async arrive(name: string): Promise<PersonPid> {
      const started = await people.startChild(child(Person, name, { restart: 'temporary' }))
      if (!started.ok) throw new Error(`${name} cannot come in: ${started.reason.kind}`)
      return started.pid
    },
    enter: (who: PersonPid, room: Room, role: Role = 'guest') => call(who, 'enter', { room, role }),
    become: (who: PersonPid, room: Room, role: Role) => call(who, 'become', { room, role }),
    leave: (who: PersonPid, room: Room) => call(who, 'leave', room),
    heard: (who: PersonPid) => call(who, 'heard'),
    /** Says something to everybody in the room; how many it was sent to. */
    say(line: Line): number {
      let reached = 0
      rooms.dispatch(line.room, (entries) => {
        reached = entries.filter(({ pid }) => cast(pid, 'hear', line)).length
      })
      return reached
    },
    /** Who has a role in the room. */
    withRole: (room: Room, role: Role): readonly string[] => {
      return rooms.match(room, { role }).map(({ value }) => value.name)
    },
    /** Who is in any room, each once. */
    online(): readonly string[] {
      const names = rooms.select({
        key: any,
        value: { name: variable('name') },
        give: ({ name }) => name,
      })
      return [...new Set(names)].toSorted()
    },
    /** The rooms with somebody in them, and how many. */
    crowds(): ReadonlyMap<Room, number> {
      const crowds = new Map<Room, number>()
      for (const { key } of rooms.select({})) crowds.set(key, (crowds.get(key) ?? 0) + 1)
      return crowds
    },
  }
}
