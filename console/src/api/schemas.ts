/** The API's own types, generated from its OpenAPI document. */
import type { components } from '../../../cli/api/schema';

export type Schemas = components['schemas'];
export type NodeStatus = Schemas['NodeStatus'];
export type LogEntry = Schemas['LogEntry'];

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}
