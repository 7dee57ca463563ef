/** Makes a node of a running instance: the choice, then how it goes. */
import { type ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useTitle } from '../../app/title';
import { ImportForm } from './import-form';
import { ImportProgress } from './import-progress';

export default function ImportPage(): ReactNode {
  useTitle('Import an instance');
  const [, go] = useLocation();
  const id = new URLSearchParams(useSearch()).get('migration');
  // The import is in the address of the page, so that a reload finds it again.
  if (id !== null) return <ImportProgress key={id} id={id} />;
  return (
    <ImportForm onBegun={(migrationId) => go(`/nodes/import?migration=${migrationId}`)} onCancel={() => go('/')} />
  );
}
