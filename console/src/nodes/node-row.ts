/** What the list of nodes shows of one: an item of `GET /holdfast/nodes`. Without `fields`, it has all of them but the tags. */
import type { Schemas } from '../api/connection';

export type NodeRow = Required<Omit<Schemas['NodeInList'], 'tags'>>;
