/** What EC2 does by itself: it finishes what it was asked for, some time later. */
import {
  announce,
  changeInstance,
  changeInterface,
  disassociateWhere,
  free,
  interfacesOn,
  removeInterface,
} from './abstract-ec2';
import type { Instance, Interface, State } from './state';

/** A change that EC2 makes some time after it was asked for. */
export interface Move {
  readonly id: string;
  /** For the story. */
  readonly text: string;
  readonly make: (state: State) => void;
  readonly hold: (state: State, until: string) => void;
}

/** What EC2 may do next. What is held up comes later. */
export function movesIn({ ec2 }: State, now: string): readonly Move[] {
  const isFree = ({ heldUntil }: Instance | Interface): boolean => heldUntil === undefined || heldUntil <= now;
  return [
    ...Object.values(ec2.instances).filter(isFree).flatMap(instanceMove),
    ...Object.values(ec2.interfaces).filter(isFree).flatMap(interfaceMove),
  ];
}

function instanceMove(instance: Instance): readonly Move[] {
  const next = NEXT_STATE[instance.state];
  if (next === undefined) return [];
  const { id } = instance;
  return [
    {
      id,
      text: `${id} is ${next}`,
      make: (state) => {
        changeInstance(state, state.ec2.instances[id]!, { state: next, heldUntil: undefined });
        if (next === 'terminated') releaseAll(state, id);
        announce(state, id, next);
      },
      hold: (state, heldUntil) => (state.ec2.instances[id] = { ...instance, heldUntil }),
    },
  ];
}

const NEXT_STATE: Readonly<Partial<Record<Instance['state'], Instance['state']>>> = {
  pending: 'running',
  'shutting-down': 'terminated',
  stopping: 'stopped',
};

/** A terminated instance releases its interfaces. The Elastic IP of a primary one is disassociated. */
function releaseAll(state: State, instanceId: string): void {
  for (const eni of interfacesOn(state, instanceId)) {
    if (eni.attachment.deleteOnTermination) {
      removeInterface(state, eni.id);
      continue;
    }
    free(state, eni);
    if (eni.attachment.deviceIndex === 0)
      disassociateWhere(state, ({ association }) => association?.interfaceId === eni.id);
  }
}

function interfaceMove(eni: Interface): readonly Move[] {
  const { id, attachment } = eni;
  if (attachment === undefined || attachment.status === 'attached') return [];
  const isDetaching = attachment.status === 'detaching';
  return [
    {
      id,
      text: isDetaching
        ? `${id} is detached from ${attachment.instanceId}`
        : `${id} is attached to ${attachment.instanceId}`,
      make: (state) => {
        const now = state.ec2.interfaces[id]!;
        if (isDetaching) free(state, now);
        else changeInterface(state, now, { attachment: { ...attachment, status: 'attached' }, heldUntil: undefined });
      },
      hold: (state, heldUntil) => (state.ec2.interfaces[id] = { ...eni, heldUntil }),
    },
  ];
}
