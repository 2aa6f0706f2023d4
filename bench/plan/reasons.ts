/**
 * Why rows miss their targets, in words: what their profiles and the floor beside them show.
 *
 * A reason speaks of what the time goes to and of nothing that changes from run to run; the figures
 * stand above it on the page.
 */

const promises = `A call makes three promises: that of the answer, that of waiting for it, and \
that of the run in which it is handled. By default an error that escapes a handler is charged to \
its process, for which promises are marked; on Node 20 that makes each of them dearer (decision \
0020). The column "uncharged" is the same work without it.`

const misses = `With so many workers nearly every step from a name to its process is a cache \
miss: the map, the key, the pid and the process. A bare Map has all of these but one, so little is \
left to save before the way to a name itself is another, as it is from 131,072 names on \
(decisions 0018 and 0026).`

const collected = `What is made stays, so the collector moves it twice while it is young: that is \
the largest part, and it grows with the bytes per worker. The rest is spread over the request, the \
process, its name and the promise of the caller.`

const killed = `No single part is large. An end frees names, timers, monitors and callers in one \
step, and every end and start changes the table of processes, that of names and the children of \
a supervisor.`

const hashed = `The time goes to hashing the key once and mixing it with every node; the floor \
does about the same. The hash is the same on every machine and Node, and reads the key as UTF-8.`

const asked = `A promise chain and xstate have neither mailbox nor time-out nor supervision: they \
run the handler on the stack of the caller or in the next reaction. Flotilla enqueues a request \
that has a deadline, a caller and an exit if the worker ends, and answers in a later turn.`

/** A paragraph for a row, by its id. */
export const reasons: Readonly<Record<string, string>> = {
  'call-one': `Promises and async hooks are the largest part. ${promises}`,
  'call-pairs': `Promises, async hooks and the requests that the collector takes away are the \
largest parts. ${promises}`,
  'call-random': `Finding the worker is the largest part. ${misses}`,
  'cast-one': `A cast costs the message that carries it, which the collector has to take away, \
the check of the mailbox, and its part of the run of the scheduler in which it is taken. No \
answer comes back, so all of it counts.`,
  'start-100k': collected,
  'start-1m': collected,
  'lookup-1k': `About half of the time is the benchmark's own, which builds each key and checks \
each answer, and nearly all of the rest is the Map: JavaScript itself takes nearly the whole \
figure.`,
  'lookup-100k': misses,
  'lookup-1m': misses,
  'crash-many': killed,
  'crash-many-64': `${killed} With 64 supervisors the BEAM is ten times as fast as with one, \
because its restarts of one supervisor walk a list; Flotilla does the same work either way.`,
  'kill-down': `The step of the end, the report of it and the run of the one that hears it share \
the time. The reports of many kills in one go wait for their reader, so the collector has to \
keep them.`,
  'rendezvous-4': hashed,
  'rendezvous-64': hashed,
  'rendezvous-1024': hashed,
  'ask-one': `${asked} ${promises}`,
  'ask-pairs': `${asked} ${promises}`,
  'ask-random': `${asked} With so many workers the process, its mailbox and its state are cache \
misses, and by name the name as well.`,
  'ready-1k': `Most of it is starting the workers, the rest the answer of each. ${collected}`,
  'ready-10k': `Most of it is starting the workers, the rest the answer of each. ${collected}`,
  'ready-100k': `Most of it is starting the workers, the rest the answer of each. ${collected}`,
  'peers-start': `A start of a promise chain is a key in a Map. ${collected}`,
  'peers-memory': `A settled promise under a key weighs less than a process with a mailbox, a \
supervisor and a name.`,
  'casts-barrier': `As in \`cast-one\`: a message, its way through the mailbox, and a run of the \
scheduler; xstate and the promise chain have none of these.`,
  'crash-to-available': `The process ends with the error of its handler and that error's stack, \
an exit is made for the caller, and the supervisor starts another process under the name. A \
library without supervision loses only the question.`,
  scale: `The limit is the share of a Map alone. A call at random finds its process, its mailbox \
and its state as well, none of which is in the cache either, and makes a request beside them; \
decision 0031 counts these misses one by one.`,
  feed: `The figure is the difference between restarts that are heard and restarts that are not, \
by the number of events in one. Each event is an object of its own, with that of the supervisor \
the largest, and the listener is called as nobody; the collector has the objects to take away.`,
  'import-time': `All of the package is loaded, whatever is used; half of the time is the engine's \
first reading of it (decision 0025).`,
  'installed-size': `Nearly half are the declarations, which hold the documentation, a fifth is \
the test kit with its simulator, and a third is what the main entry point loads (decisions 0014 \
and 0025).`,
}
