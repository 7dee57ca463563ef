import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUse } from '../../../local/server/folder-lock';
import { StateFolder, UnusableFolder } from '../../../local/server/state-folder';

let path: string;
const open: StateFolder[] = [];
beforeEach(() => (path = mkdtempSync(join(tmpdir(), 'holdfast-'))));
afterEach(async () => {
  jest.restoreAllMocks();
  for (const folder of open.splice(0)) await folder.close();
  rmSync(path, { recursive: true });
});

async function opened(at = path): Promise<StateFolder> {
  const folder = await StateFolder.open(at);
  open.push(folder);
  return folder;
}

async function closed(folder: StateFolder): Promise<void> {
  open.splice(open.indexOf(folder), 1);
  await folder.close();
}

async function written(): Promise<void> {
  const folder = await opened();
  folder.journal.set('a', '1');
  expect(folder.commit()).toBeUndefined();
  folder.writeToken('mine');
  await closed(folder);
}

const modeOf = (name: string): number => statSync(join(path, name)).mode & 0o777;

test('a new folder is created for its owner only, without a state', async () => {
  const folder = await opened(join(path, 'a', 'b'));
  expect(folder.isNew).toBe(true);
  expect(modeOf('a/b')).toBe(0o700);
  expect(modeOf('a/b/lock')).toBe(0o700);
});

test('the state that was written is read again, and only by its owner', async () => {
  await written();
  const folder = await opened();
  expect(folder.isNew).toBe(false);
  expect([...folder.journal.entries()]).toEqual([['a', '1']]);
  expect(modeOf('state.jsonl')).toBe(0o600);
});

test('a folder that is open is refused', async () => {
  await opened();
  await expect(StateFolder.open(path)).rejects.toThrow(FolderInUse);
});

test('a lock that was damaged is made again', async () => {
  await written();
  writeFileSync(join(path, 'lock', 'CURRENT'), 'nonsense');
  await opened();
  await expect(StateFolder.open(path)).rejects.toThrow(FolderInUse);
});

test('a token is generated once, and readable by its owner only', async () => {
  const folder = await opened();
  const token = folder.token();
  expect(token).toMatch(/^[0-9a-f]{48}$/);
  expect(existsSync(join(path, 'token'))).toBe(false);
  folder.writeToken(token);
  expect(folder.token()).toBe(token);
  expect(modeOf('token')).toBe(0o600);
});

test.each([
  {
    what: 'the state is damaged',
    break: () => writeFileSync(join(path, 'state.jsonl'), '{'),
    says: 'state.jsonl is damaged',
  },
  {
    what: 'the state is empty',
    break: () => writeFileSync(join(path, 'state.jsonl'), ''),
    says: 'state.jsonl is damaged',
  },
  {
    what: 'the state is of another version',
    break: () => writeFileSync(join(path, 'state.jsonl'), '{"format":4,"bytes":24}\n'),
    says: 'was written by another version',
  },
  {
    what: 'the state is a folder',
    break: () => {
      rmSync(join(path, 'state.jsonl'));
      mkdirSync(join(path, 'state.jsonl'));
    },
    says: 'cannot be used as a folder for data (EISDIR',
  },
  { what: 'the state is gone', break: () => rmSync(join(path, 'state.jsonl')), says: 'has a token and no state.jsonl' },
  {
    what: 'there are only the tables of a former version',
    break: () => {
      rmSync(join(path, 'state.jsonl'));
      rmSync(join(path, 'token'));
      mkdirSync(join(path, 'tables'));
    },
    says: 'was written by another version',
  },
])('a folder is refused with one sentence and left as it is if $what', async ({ break: damage, says }) => {
  await written();
  damage();
  const refused = expect(StateFolder.open(path)).rejects;
  await refused.toThrow(UnusableFolder);
  await expect(StateFolder.open(path)).rejects.toThrow(says);
  await expect(StateFolder.open(path)).rejects.toThrow(/; (give another --data|make it a folder)/);
});

test.each(['', 'two words', 'x\ny'])('a token that is %j is refused, with the remedy', async (token) => {
  await written();
  writeFileSync(join(path, 'token'), token);
  const folder = await opened();
  expect(() => folder.token()).toThrow(new RegExp(`${join(path, 'token')} is damaged; delete it to get a new token`));
});

test('a file is not a folder', async () => {
  writeFileSync(join(path, 'file'), '');
  await expect(StateFolder.open(join(path, 'file'))).rejects.toThrow(UnusableFolder);
});

test.each(['EACCES', 'EROFS'])('a folder that cannot be written (%s) is refused with the remedy', async (code) => {
  jest.spyOn(fs, 'mkdirSync').mockImplementation(() => {
    throw Object.assign(new Error(`${code}: mkdir`), { code });
  });
  const refused = expect(StateFolder.open(join(path, 'new'))).rejects;
  await refused.toThrow('make it a folder that this user can read and write, or give another --data');
});

test('a full disk is named, and the changes stay', async () => {
  await written();
  const folder = await opened();
  const content = readFileSync(join(path, 'state.jsonl'));
  folder.journal.set('b', '2');
  const { writeSync } = fs;
  jest.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  expect(folder.commit()).toBe(`The disk of ${path} is full`);
  expect(readFileSync(join(path, 'state.jsonl'))).toEqual(content);
  jest.restoreAllMocks();
  expect(fs.writeSync).toBe(writeSync);
  expect(folder.commit()).toBeUndefined();
});

test('a disk with little room is named before anything is written', async () => {
  const folder = await opened();
  expect(folder.shortage()).toBeUndefined();
  jest.spyOn(fs, 'statfsSync').mockReturnValue(Object.assign(fs.statfsSync(path), { bavail: 10 }));
  expect(folder.shortage()).toBe(`The disk of ${path} is full`);
});
