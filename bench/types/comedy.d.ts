/**
 * The part of Comedy that the benchmark uses. What it ships says `any` of everything, and needs
 * declarations of Node that are older than ours.
 */
declare module 'comedy' {
  export interface ActorRef {
    getCustomParameters(): { readonly id: number }
    send(topic: string, ...message: readonly unknown[]): PromiseLike<void>
    sendAndReceive(topic: string, ...message: readonly unknown[]): PromiseLike<number>
  }

  export interface Actor extends ActorRef {
    createChild(
      definition: new () => object,
      options: { readonly mode: 'in-memory'; readonly customParameters: { readonly id: number } },
    ): PromiseLike<ActorRef>
  }

  export interface Logger {
    setLevel(level: number): void
    levels(): { readonly Silent: number }
  }

  export interface ActorSystem {
    rootActor(): PromiseLike<Actor>
    getLog(): Logger
  }

  export function createSystem(options: object): ActorSystem
}
