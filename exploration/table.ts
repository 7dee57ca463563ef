/** The table: records that are written only if no other writer has written them meanwhile. */
import { RecordContended } from '../domain/errors';
import type { InstanceState } from '../domain/node/observations';
import type { StatefulNode } from '../domain/node/stateful-node';
import { atRestOf } from '../domain/reconciliation/at-rest';
import type { Ports } from '../lambdas/ports';
import type { Immediate } from './abstract-ec2';
import { touch, type IndexEntry, type State } from './state';

export type ReadableNodes = Omit<Immediate<Ports['nodes']>, 'listFrom'>;

export function nodesIn(state: State): ReadableNodes {
  const { table } = state;
  const check = ({ id, version }: StatefulNode): void => {
    if (table.nodes[id]?.version !== version) throw new RecordContended(id);
  };
  return {
    get: (nodeId) => table.nodes[nodeId],
    create: (node) => {
      if (table.nodes[node.id] !== undefined) throw new RecordContended(node.id);
      table.nodes[node.id] = asStored(node);
      touch(state);
    },
    save: (node) => {
      check(node);
      const saved = asStored({ ...node, version: node.version + 1 });
      table.nodes[node.id] = saved;
      touch(state);
      return saved;
    },
    remove: (node) => {
      if (table.nodes[node.id] === undefined) return;
      check(node);
      const { [node.id]: _removed, ...rest } = table.nodes;
      table.nodes = rest;
      touch(state);
    },
    getAll: (nodeIds) => ({ nodes: nodeIds.flatMap((id) => table.nodes[id] ?? []), unreadable: [] }),
    glances: () => Object.values(table.nodes).map((node) => ({ id: node.id, atRest: atRestOf(node) })),
    list: () => ({ nodes: Object.values(table.nodes), unreadable: [] }),
  };
}

/** As the table returns it: without undefined members. What is unchanged stays the same object. */
function asStored<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as T;
}

export function claimsIn(state: State): Immediate<Ports['claims']> {
  const { claims } = state.table;
  return {
    claim: ({ address, nodeId, now, staleHolder }) => {
      const held = claims[address];
      if (held !== undefined && held.holder !== nodeId && held.holder !== staleHolder) return held;
      const claim = { holder: nodeId, claimedAt: now };
      claims[address] = claim;
      return claim;
    },
    find: (address) => claims[address],
    release: (address, nodeId) => {
      if (claims[address]?.holder !== nodeId) return;
      const { [address]: _released, ...rest } = claims;
      state.table.claims = rest;
    },
  };
}

export function indexIn({ table: { index } }: State): Immediate<Ports['index']> {
  const change = (instanceId: string, more: IndexEntry): IndexEntry => {
    const entry = { ...index[instanceId], ...more };
    index[instanceId] = entry;
    return entry;
  };
  return {
    register: (instanceId, nodeId) => void change(instanceId, { nodeId }),
    nodeOf: (instanceId) => index[instanceId]?.nodeId,
    subscribe: (instanceId, waiter) => change(instanceId, { waiter }).state?.state,
    waiterOf: (instanceId) => index[instanceId]?.waiter,
    stateOf: (instanceId) => index[instanceId]?.state?.state,
    noteState: (instanceId, state, at) => {
      const told = { state, at };
      const last = index[instanceId]?.state;
      const { nodeId, waiter } = change(instanceId, last === undefined || isLater(told, last) ? { state: told } : {});
      return nodeId === undefined ? undefined : { nodeId, waiter };
    },
  };
}

interface Told {
  readonly state: InstanceState;
  readonly at: string;
}

/** EC2's states in the order of an instance's life. */
const ORDER: readonly InstanceState[] = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'];

function isLater(told: Told, before: Told): boolean {
  return told.at > before.at || (told.at === before.at && ORDER.indexOf(told.state) > ORDER.indexOf(before.state));
}
