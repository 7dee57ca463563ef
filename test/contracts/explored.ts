/** The explorer's ports: EC2 and the table as plain data, with what takes time done by `settle`. */
import {
  elasticIpsIn,
  fleetIn,
  instancesIn,
  interfacesIn,
  tagsIn,
  type Immediate,
} from '../../exploration/abstract-ec2';
import { movesIn } from '../../exploration/moves';
import { emptyState } from '../../exploration/start';
import { nowIn, type State } from '../../exploration/state';
import { claimsIn, indexIn } from '../../exploration/table';
import type { Ports } from '../../lambdas/ports';

export function exploredEc2() {
  const state = emptyState(0);
  const ports = {
    instances: later<Ports['instances']>(() => instancesIn(state)),
    interfaces: later<Ports['interfaces']>(() => interfacesIn(state)),
    elasticIps: later<Ports['elasticIps']>(() => elasticIpsIn(state)),
    fleet: later<Ports['fleet']>(() => fleetIn(state)),
    tags: later<Ports['tags']>(() => tagsIn(state)),
  };
  return { state, ports, settle: async () => settle(state) };
}

export function exploredTable() {
  const state = emptyState(0);
  return {
    claims: later<Ports['claims']>(() => claimsIn(state)),
    index: later<Ports['index']>(() => indexIn(state)),
  };
}

/** Makes EC2's moves until there is none left. */
function settle(state: State): void {
  for (;;) {
    const [move] = movesIn(state, nowIn(state));
    if (move === undefined) return;
    move.make(state);
  }
}

/** The same port, whose methods return promises. */
function later<Port extends object>(portNow: () => Immediate<Port>): Port {
  return new Proxy(Object.create(null) as Port, {
    get:
      (_target, method) =>
      async (...args: readonly unknown[]) =>
        (portNow() as Record<string | symbol, (...values: readonly unknown[]) => unknown>)[method]!(...args),
  });
}
