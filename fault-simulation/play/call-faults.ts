/** Faults that wait for a matching call, and what each does to that call. */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { EventBridgeServiceException } from '@aws-sdk/client-eventbridge';
import { SFNServiceException } from '@aws-sdk/client-sfn';
import { crashInvocation } from '../../local/lambda';
import { ec2Error } from '../../simulator/ec2/requests/ec2-error';
import type { Clock } from '../../simulator/time/clock';
import type { Invocation } from '../facts/invocation';
import type { CallFault, CallFaultKind, Service } from '../scenario/scenario';

/** How long a delayed call takes more. It is less than a function's time limit. */
const DELAY_MS = 20_000;

type ArmedFault = CallFault & { callsLeft: number; hitsLeft: number };
type OnInject = (fault: CallFault, invocation: Invocation, command: string) => void;

export class CallFaults {
  private readonly armed: ArmedFault[] = [];

  /** @param onInject called for every call that a fault hits */
  constructor(
    private readonly clock: Pick<Clock, 'sleep'>,
    private readonly onInject: OnInject,
  ) {}

  arm(fault: CallFault): void {
    this.armed.push({ ...fault, callsLeft: fault.nth, hitsLeft: fault.count ?? 1 });
  }

  /** Whether no fault waits for its call. */
  isIdle(): boolean {
    return this.armed.length === 0;
  }

  /** Removes the faults that still wait for their call. */
  disarm(): void {
    this.armed.splice(0);
  }

  /** Makes the call, or applies the fault that matches it. Some faults call `perform` twice or not at all. */
  async call<T>(service: Service, command: string, invocation: Invocation, perform: () => Promise<T>): Promise<T> {
    const fault = this.take(service, command, invocation);
    if (fault === undefined) return perform();
    invocation.isFaulted = true;
    this.onInject(fault, invocation, command);
    if (fault.fault === 'delayed') {
      await this.clock.sleep(DELAY_MS);
      return perform();
    }
    return EFFECTS[fault.fault](service, perform);
  }

  private take(service: Service, command: string, invocation: Invocation): CallFault | undefined {
    for (const [index, fault] of this.armed.entries()) {
      if (fault.service !== service || !matches(fault, invocation)) continue;
      if (fault.command !== undefined && fault.command !== command) continue;
      fault.callsLeft -= 1;
      if (fault.callsLeft > 0) continue;
      fault.hitsLeft -= 1;
      if (fault.hitsLeft === 0) this.armed.splice(index, 1);
      return fault;
    }
    return undefined;
  }
}

/** A fault without a step may hit any function after whose crash Holdfast recovers without a new request. */
function matches({ step }: CallFault, { actor }: Invocation): boolean {
  return step === undefined ? actor !== 'api' && actor !== 'wake-waiter' : step === actor;
}

const never = (): Promise<never> => new Promise(() => undefined);

type Effect = <T>(service: Service, perform: () => Promise<T>) => Promise<T>;

const EFFECTS: Readonly<Record<Exclude<CallFaultKind, 'delayed'>, Effect>> = {
  'error-before': async (service) => {
    throw ERRORS[service].internal();
  },
  throttle: async (service) => {
    throw ERRORS[service].throttled();
  },
  'error-after': async (service, perform) => {
    await perform();
    throw ERRORS[service].internal();
  },
  repeated: async (_service, perform) => {
    await Promise.allSettled([perform()]);
    return perform();
  },
  'crash-before': async () => {
    crashInvocation();
    return never();
  },
  'crash-after': async (_service, perform) => {
    await Promise.allSettled([perform()]);
    crashInvocation();
    return never();
  },
  'hang-before': never,
  'hang-after': async (_service, perform) => {
    await Promise.allSettled([perform()]);
    return never();
  },
};

const internal = {
  message: 'An internal error has occurred',
  $fault: 'server',
  $metadata: { httpStatusCode: 500 },
} as const;
const refused = { message: 'Rate exceeded', $fault: 'client', $metadata: { httpStatusCode: 400 } } as const;

/** The errors as each service words them. */
const ERRORS: Readonly<Record<Service, { internal: () => Error; throttled: () => Error }>> = {
  ec2: {
    internal: () => ec2Error('InternalError', internal.message),
    throttled: () => ec2Error('RequestLimitExceeded', 'Request limit exceeded.'),
  },
  dynamodb: {
    internal: () => new DynamoDBServiceException({ name: 'InternalServerError', ...internal }),
    throttled: () => new DynamoDBServiceException({ name: 'ThrottlingException', ...refused }),
  },
  sfn: {
    internal: () => new SFNServiceException({ name: 'InternalServerError', ...internal }),
    throttled: () => new SFNServiceException({ name: 'ThrottlingException', ...refused }),
  },
  events: {
    internal: () => new EventBridgeServiceException({ name: 'InternalException', ...internal }),
    throttled: () => new EventBridgeServiceException({ name: 'ThrottlingException', ...refused }),
  },
};
