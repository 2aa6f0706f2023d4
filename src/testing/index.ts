/**
 * `flotilla/testing`: what fleets are tested with, ours and yours.
 */
export { type Driven, drive } from '../gen-server/drive.ts'
export { type VirtualHost, type VirtualHostOptions, virtualHost } from './virtual-host.ts'
