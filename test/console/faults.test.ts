import { faultsAfter, faultsAt, sentence, tabOf } from '../../console/src/pages/edit/faults';

const at = (field?: string) => ({ message: 'is wrong', field });

test('a field shows its own faults and those in it', () => {
  const faults = [at('compute.subnetIds'), at('compute.subnetIds.0'), at('compute.subnetIdsOther'), at()];
  expect(faultsAt(faults, 'compute.subnetIds')).toEqual([at('compute.subnetIds'), at('compute.subnetIds.0')]);
});

test.each([
  ['name', 'configuration'],
  ['compute.privateIp', 'persistence'],
  ['persistence.persistPrivateIp', 'persistence'],
  ['scheduling.tasks', 'review'],
  ['managedInstance', 'review'],
  [undefined, 'review'],
])('%s is on the tab %s', (field, tab) => {
  expect(tabOf(at(field))).toBe(tab);
});

test('a change takes the faults of what it changes', () => {
  const faults = [at('compute.subnetIds.0'), at('compute'), at('compute.vpcId'), at()];
  const change = { path: 'compute.subnetIds', before: [], after: ['subnet-1'] };
  expect(faultsAfter(faults, [change])).toEqual([at('compute.vpcId'), at()]);
});

test.each([
  ['is required', 'Is required.'],
  ['There is no node.', 'There is no node.'],
])('%s', (message, text) => {
  expect(sentence(message)).toBe(text);
});
