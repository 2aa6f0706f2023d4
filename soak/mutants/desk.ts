/**
 * A desk: answers at once, slowly, later, twice, through another desk, or with its last words.
 *
 * Invariant: the answer to a question is that question.
 */
import {
  type Address,
  defineServer,
  later,
  next,
  type ProtocolOf,
  type ReplyPort,
  reply,
  stop,
  tryCall,
} from 'flotilla'
import { type Alone, alone, enterAlone } from './alone.ts'

interface Desk extends Alone {
  /** To be answered by a later call. */
  readonly open: { readonly port: ReplyPort<number>; readonly question: number }[]
}

/** Every desk is one of these, with a mailbox of its own size. */
export const deskServer = (maxMailboxSize: number) =>
  defineServer({
    name: 'desk',
    maxMailboxSize,
    async init(_start: void, context): Promise<Desk> {
      await context.sleep(5)
      return { isBusy: false, open: [] }
    },
    calls: {
      echo(desk, question: number) {
        enterAlone(desk)
        return reply(question, desk)
      },
      async slowly(
        desk,
        { question, durationMs }: { readonly question: number; readonly durationMs: number },
        context,
      ) {
        return await alone(desk, async () => {
          await context.sleep(durationMs)
          return reply(question, desk)
        })
      },
      putOff(desk, question: number, context) {
        enterAlone(desk)
        const port = context.replyPort<number>()
        desk.open.push({ port, question })
        return later(port, desk)
      },
      /** Answers one who was put off, perhaps twice, and then whoever asked for that. */
      async catchUp(desk, question: number, context) {
        return await alone(desk, async () => {
          const [first] = desk.open.splice(0, 1)
          await context.sleep(1)
          first?.port.send(first.question)
          if (question % 2 === 0) first?.port.send(-1)
          return reply(question, desk)
        })
      },
      async relay(desk, { to, question }: { readonly to: Address; readonly question: number }) {
        return await alone(desk, async () => {
          const answer = await tryCall(to, 'echo', question, { timeoutMs: 40 })
          const answered: number = answer.ok ? answer.value : question
          return reply(answered, desk)
        })
      },
      close(desk, question: number) {
        enterAlone(desk)
        return stop({ kind: 'normal' }, desk, question)
      },
    },
    casts: {
      async fill(desk, durationMs: number, context) {
        return await alone(desk, async () => {
          await context.sleep(durationMs)
          return next(desk)
        })
      },
    },
  })

/** What a desk understands. */
export type DeskProtocol = ProtocolOf<ReturnType<typeof deskServer>>
