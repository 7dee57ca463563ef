import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountOfWorld } from '../../../local/sandbox-account';
import { StateFolder, UnusableFolder, type State } from '../../../local/server/state-folder';
import { VirtualClock } from '../../../simulator/time/clock';
import { defaultAccount } from '../../../simulator/ec2/default-account';
import { SimulatedEc2 } from '../../../simulator/ec2/ec2';

let path: string;
beforeEach(() => (path = mkdtempSync(join(tmpdir(), 'holdfast-'))));
afterEach(() => rmSync(path, { recursive: true }));

const ec2 = new SimulatedEc2({ clock: new VirtualClock(), seed: 1 });
const account = defaultAccount(ec2);
const STATE: State = {
  seed: 7,
  openings: 2,
  now: 1_000,
  world: ec2.world,
  executions: [
    {
      arn: 'arn:e',
      name: 'e',
      stateMachineArn: 'arn:m',
      stateMachineName: 'm',
      input: { a: [1] },
      startedAt: 5,
      status: 'RUNNING',
    },
  ],
};
const modeOf = (name: string): number => statSync(join(path, name)).mode & 0o777;

test('the state that was written is read again, and only by its owner', () => {
  new StateFolder(path).write(STATE);
  expect(new StateFolder(path).read()).toMatchObject(STATE);
  expect(modeOf('state.json')).toBe(0o600);
});

test('a world that is read again has the account that it was created with', () => {
  new StateFolder(path).write(STATE);
  expect(accountOfWorld(new StateFolder(path).read()!.world)).toEqual(account);
});

test('a new folder is created, without a state', () => {
  const folder = new StateFolder(join(path, 'a', 'b'));
  expect(folder.read()).toBeUndefined();
  expect(existsSync(join(path, 'a', 'b'))).toBe(true);
});

test('an incomplete write leaves the earlier state, and the next write is complete', () => {
  const folder = new StateFolder(path);
  folder.write(STATE);
  writeFileSync(join(path, 'state.json.new'), '{"format":1,"seed":7,"wor', { mode: 0o644 });
  expect(folder.read()).toMatchObject({ now: 1_000 });
  folder.write({ ...STATE, now: 2_000 });
  expect(folder.read()).toMatchObject({ now: 2_000 });
  expect(modeOf('state.json')).toBe(0o600);
});

test.each([
  { what: 'is incomplete', text: '{"format":1' },
  { what: 'is something else', text: '[]' },
  { what: 'was written by another version', text: '{"format":1,"world":{}}' },
])('a state that $what is refused, and not changed', ({ text }) => {
  writeFileSync(join(path, 'state.json'), text);
  expect(() => new StateFolder(path).read()).toThrow(UnusableFolder);
  expect(readFileSync(join(path, 'state.json'), 'utf8')).toBe(text);
});

test('a file is not a folder', () => {
  writeFileSync(join(path, 'file'), '');
  expect(() => new StateFolder(join(path, 'file'))).toThrow(UnusableFolder);
});

test('a token is generated once, and readable by its owner only', () => {
  const folder = new StateFolder(path);
  const token = folder.token();
  expect(token).toMatch(/^[0-9a-f]{48}$/);
  expect(existsSync(join(path, 'token'))).toBe(false);
  folder.writeToken(token);
  expect(new StateFolder(path).token()).toBe(token);
  expect(modeOf('token')).toBe(0o600);
});
