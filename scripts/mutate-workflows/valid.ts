/** Which mutants are valid definitions: a deployment would refuse the others, so no test has to notice them. */
import { checkDefinition, UnsupportedDefinition } from '../../simulator/step-functions/asl-check';
import type { Definition, DefinitionState } from '../../exploration/definition';
import { mutated, targetsOf, type Mutant, type Originals } from './mutants';

const STEPS_FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:steps';
const KNOWN = { functions: new Set([STEPS_FUNCTION]), stateMachines: new Set<string>() };

/** The valid ones, in their order. */
export function validOf(mutants: readonly Mutant[], originals: Originals): readonly Mutant[] {
  const reachable = mutants.filter((each) => isReachable(mutated(originals[each.kind], [each])));
  const states = new Set(reachable.map(stateOf));
  // The validator takes a tenth of a second, so it gets all mutants of a state at once.
  const groups = [...states].map((state) => reachable.filter((each) => stateOf(each) === state));
  const valid = groups.flatMap((group) => (areValid(group) ? group : group.filter((each) => areValid([each]))));
  const isValid = new Set(valid);
  return mutants.filter((each) => isValid.has(each));
}

function stateOf({ kind, state }: Mutant): string {
  return `${kind}: ${state}`;
}

/** Whether some state leads to every state, which is what the validator asks for. */
function isReachable({ StartAt, States }: Definition): boolean {
  const reached = new Set([StartAt, ...Object.values(States).flatMap(targetsOf)]);
  return Object.keys(States).every((name) => reached.has(name));
}

/** Whether the changed states are valid, each for itself, with a Succeed for every state that they lead to. */
function areValid(mutants: readonly Mutant[]): boolean {
  const variants = mutants.map(({ id, changed }) => [`variant ${id}`, changed] as const);
  const targets = variants.flatMap(([, changed]) => targetsOf(changed));
  const Choices = variants.map(([name]) => ({ Variable: '$.variant', StringEquals: name, Next: name }));
  const States: Record<string, DefinitionState> = {
    ...Object.fromEntries([...targets, 'No variant'].map((name) => [name, { Type: 'Succeed' }])),
    'Which variant?': { Type: 'Choice', Choices, Default: 'No variant' },
    ...Object.fromEntries(variants),
  };
  const text = JSON.stringify({ StartAt: 'Which variant?', States }).replaceAll('${StepsFunctionArn}', STEPS_FUNCTION);
  try {
    checkDefinition('mutant', text, KNOWN);
    return true;
  } catch (error) {
    if (error instanceof UnsupportedDefinition) return false;
    throw error;
  }
}
