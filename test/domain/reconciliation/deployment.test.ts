import { UnreadableRecord } from '../../../domain/errors';
import { whyInDoubt, type TableIdentity } from '../../../domain/reconciliation/deployment';
import { NOW } from '../builders';

const own: TableIdentity = { deployment: 'Holdfast', tableName: 'Nodes', createdAt: NOW };

describe('whyInDoubt', () => {
  it.each<{ name: string; identity: TableIdentity | UnreadableRecord | undefined; because: string | undefined }>([
    { name: 'its own', identity: own, because: undefined },
    { name: 'one that says nothing', identity: undefined, because: 'the table Nodes does not say whose it is' },
    {
      name: "another deployment's",
      identity: { ...own, deployment: 'Staging' },
      because: 'the table Nodes belongs to the deployment Staging, not to Holdfast',
    },
    {
      name: 'one that cannot be read',
      identity: new UnreadableRecord({ kind: 'DEPLOYMENT', id: 'IDENTITY' }, 'tableName', 'it is no string'),
      because: 'The record DEPLOYMENT IDENTITY cannot be read: tableName: it is no string',
    },
    { name: 'a copy', identity: { ...own, tableName: 'Before' }, because: 'the table Nodes is a copy of Before' },
    {
      name: "a copy of another deployment's",
      identity: { ...own, deployment: 'Staging', tableName: 'Before' },
      because: 'the table Nodes belongs to the deployment Staging, not to Holdfast',
    },
    {
      name: 'one that was halted',
      identity: { ...own, halted: { since: NOW, because: 'the records are older than what EC2 shows' } },
      because: 'the records are older than what EC2 shows',
    },
  ])('a table that is $name', ({ identity, because }) => {
    const doubt = whyInDoubt(identity, { deployment: 'Holdfast', tableName: 'Nodes' });

    expect(doubt).toBe(
      because && `${because}: rebuild the records with POST /holdfast/rebuild, which shows first what it would do`,
    );
  });
});
