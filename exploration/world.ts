/** What a world is: its nodes, and how much may happen in it. A world is data, and its bounds make it finite. */
import type { EniAttachment } from '../domain/config/node-config';

export interface World {
  readonly name: string;
  /** What the world is for, in a sentence. */
  readonly about: string;
  readonly nodes: readonly NodePlan[];
  /** How often each kind of thing may happen, at any moment. Absent: never. */
  readonly bounds: Partial<Bounds>;
  /** What users may ask for: as many of these as `bounds.wishes` says, in any order, each as often as that. */
  readonly wishes?: readonly Wish[];
  /** What people may do by hand: as many of these as `bounds.meddling` says. */
  readonly meddling?: readonly Meddling[];
  /** Whether the reconciler runs. @default true */
  readonly reconciler?: boolean;
  /** How finely the functions of each kind interleave with everything else. @default `call` for all */
  readonly grain?: Grains;
  /** How many minutes something is held up. @default 2 */
  readonly delayMinutes?: number;
}

/**
 * - `call`: other things may happen before each call of the function.
 * - `write`: before each call that may change something. What it has read may be out of date by then.
 * - `whole`: nothing happens meanwhile.
 */
export type Grain = 'call' | 'write' | 'whole';

export type Grains = Partial<Record<'step' | 'api' | 'wake' | 'reconcile', Grain>>;

export interface NodePlan {
  /** `new`: its creation is the first wish. The others begin at rest in that status. */
  readonly start: 'new' | 'active' | 'paused';
  readonly attachment: EniAttachment;
  readonly elasticIp?: string;
  /** How long its instances are drained, in minutes. @default 0 */
  readonly drainMinutes?: number;
  /** How many subnets it may be in. @default 1 */
  readonly subnets?: 1 | 2;
  /** @default true */
  readonly persistPrivateIp?: boolean;
  /** Its instances are protected from termination until a person ends that. @default false */
  readonly isProtected?: boolean;
}

export type Wish = {
  /** Index of the node. */
  readonly node: number;
} & (
  | { readonly kind: 'create' | 'pause' | 'resume' | 'recycle' | 'delete' | 'leave' }
  /** A partial document, as the API takes it. */
  | { readonly kind: 'update'; readonly patch: object }
);

/**
 * - `detach`: a secondary interface is detached.
 * - `detach-and-hang`: the same, and the detachment does not end by itself for a while.
 * - `delete-interface`: an interface that no instance has is deleted.
 * - `unprotect-interface`: the interface would be deleted with its instance.
 * - `take-elastic-ip`: the Elastic IP is disassociated.
 */
export type Meddling = 'detach' | 'detach-and-hang' | 'delete-interface' | 'unprotect-interface' | 'take-elastic-ip';

/** Longer than any limit that Holdfast compares an age with, in minutes. */
export const LONG_MINUTES = 30;

/** How often each kind of thing may happen. */
export interface Bounds {
  /** EC2 announces that it ends an instance, and ends it two minutes later. */
  interruptions: number;
  /** An instance ends without a warning. */
  endings: number;
  /** An instance is stopped by its guest or by a person. */
  stops: number;
  /** A replacement ends while it is pending. */
  launchDeaths: number;
  wishes: number;
  meddling: number;
  /** EC2 runs out of capacity. It comes back at any time. */
  shortages: number;
  /** A subnet has no free address left. An address is released at any time. */
  fullSubnets: number;
  /** A function ends before or after a call that changes something. */
  crashes: number;
  /** A call is throttled. */
  throttles: number;
  /** An event is lost. */
  lostEvents: number;
  /** An event is delivered twice. */
  doubledEvents: number;
  /** An event, or a change that EC2 was asked for, is held up for `delayMinutes`. */
  delays: number;
  /** A person stops an execution. Its step runs on. */
  aborts: number;
  /** A task fails as if its retries were used up. */
  exhaustions: number;
  /** Step Functions retries a step that is still running. */
  besides: number;
  /** A look at EC2 shows what was there before the latest change. */
  staleReads: number;
}

export const NOTHING: Bounds = {
  interruptions: 0,
  endings: 0,
  stops: 0,
  launchDeaths: 0,
  wishes: 0,
  meddling: 0,
  shortages: 0,
  fullSubnets: 0,
  crashes: 0,
  throttles: 0,
  lostEvents: 0,
  doubledEvents: 0,
  delays: 0,
  aborts: 0,
  exhaustions: 0,
  besides: 0,
  staleReads: 0,
};

export function nodeIdOf(index: number): string {
  return `smi-${String(index + 1).padStart(8, '0')}`;
}

/** Where the interfaces of the nodes may be. */
export const SUBNETS = ['subnet-0000000000000000a', 'subnet-0000000000000000b'];

/** The document that a user sends to create the node. */
export function documentOf(plan: NodePlan, index: number): object {
  const { attachment, elasticIp, drainMinutes = 0, subnets = 1, persistPrivateIp = true } = plan;
  return {
    name: `node-${index}`,
    region: 'eu-west-1',
    // A single pool: what several change is that a launch is refused more than once in a row.
    strategy: { lifeCycle: 'spot', fallbackToOd: false, drainingTimeout: drainMinutes * 60 },
    persistence: { persistPrivateIp, eniAttachment: attachment },
    compute: {
      vpcId: 'vpc-00000000000000001',
      subnetIds: SUBNETS.slice(0, subnets),
      ...(elasticIp !== undefined && { elasticIp }),
      launchSpecification: {
        imageId: 'ami-00000000000000001',
        instanceTypes: { types: ['m7g.large'] },
        securityGroupIds: ['sg-00000000000000001'],
      },
    },
  };
}
