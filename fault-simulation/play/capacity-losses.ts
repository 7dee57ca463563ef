/** Capacity that is gone for a while and comes back. */
import type { Sandbox } from '../../local/sandbox';
import type { AccountResources } from '../scenario/documents';
import type { Facts } from '../facts/known-facts';
import type { CapacityLoss } from '../scenario/scenario';

export class CapacityLosses {
  constructor(
    private readonly props: { readonly sandbox: Sandbox; readonly resources: AccountResources; readonly facts: Facts },
  ) {}

  /** Returns what was done, for the trace. */
  begin({ of, seconds }: CapacityLoss): string {
    const { sandbox, facts } = this.props;
    const { ec2, clock } = sandbox;
    const fromMs = clock.now();
    facts.capacity.push({ of, fromMs, untilMs: fromMs + seconds * 1000 });
    for (const availabilityZone of this.zonesOf(of)) {
      for (const pool of POOLS[of]) ec2.setCapacity({ ...pool, availabilityZone }, 0);
    }
    clock.setTimeout(() => this.restore(), seconds * 1000);
    return `for ${seconds} s`;
  }

  /** Losses overlap, so a pool has capacity again when the last loss that concerns it is over. */
  private restore(): void {
    const { facts, sandbox, resources } = this.props;
    const now = sandbox.clock.now();
    const lasting = facts.capacity.filter(({ untilMs }) => untilMs > now).map(({ of }) => of);
    for (const availabilityZone of resources.account.availabilityZones) {
      const lost = lasting.filter((of) => this.zonesOf(of).includes(availabilityZone)).flatMap((of) => POOLS[of]);
      for (const pool of POOLS.all) {
        if (!lost.includes(pool)) sandbox.ec2.setCapacity({ ...pool, availabilityZone }, Infinity);
      }
    }
  }

  private zonesOf(of: CapacityLoss['of']): readonly string[] {
    const { availabilityZones } = this.props.resources.account;
    return of === 'zone' ? availabilityZones.slice(0, 1) : availabilityZones;
  }
}

const SPOT_FIRST = { instanceType: 'm7g.large', lifeCycle: 'spot' } as const;
const SPOT_SECOND = { instanceType: 'm6g.large', lifeCycle: 'spot' } as const;
const ON_DEMAND_FIRST = { instanceType: 'm7g.large', lifeCycle: 'on_demand' } as const;
const ON_DEMAND_SECOND = { instanceType: 'm6g.large', lifeCycle: 'on_demand' } as const;

type PoolPart = typeof SPOT_FIRST | typeof SPOT_SECOND | typeof ON_DEMAND_FIRST | typeof ON_DEMAND_SECOND;

const POOLS: Readonly<Record<CapacityLoss['of'], readonly PoolPart[]>> = {
  preferred: [SPOT_FIRST],
  spot: [SPOT_FIRST, SPOT_SECOND],
  all: [SPOT_FIRST, SPOT_SECOND, ON_DEMAND_FIRST, ON_DEMAND_SECOND],
  zone: [SPOT_FIRST, SPOT_SECOND, ON_DEMAND_FIRST, ON_DEMAND_SECOND],
};
