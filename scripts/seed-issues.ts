/**
 * `npm run seed-issues -- report.json`: opens a GitHub issue for each seed that failed in a report of
 * `npm run simulate -- --json`. It runs in a GitHub workflow: it needs `gh`, its token in GH_TOKEN, and the variables
 * that GitHub sets for every run. Exit status: 0, or 1 if the report cannot be read or `gh` fails.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { openIssues } from './seed-issues/open-issues';
import { readReport } from './seed-issues/seed-issue';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

function main([file = 'report.json']: readonly string[]): void {
  const server = required('GITHUB_SERVER_URL');
  const repository = required('GITHUB_REPOSITORY');
  const hunt = {
    commit: required('GITHUB_SHA'),
    runUrl: `${server}/${repository}/actions/runs/${required('GITHUB_RUN_ID')}`,
  };
  openIssues(readReport(readFileSync(file, 'utf8')), hunt, {
    gh: (args, input = '') => execFileSync('gh', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] }),
    write: (text) => process.stdout.write(text),
  });
}

main(process.argv.slice(2));
