/** What stands behind the page. The server of the files says it, in a file beside them. */
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';

export interface Deployment {
  /** Whether the account is simulated: `npm start`. */
  readonly isSimulated: boolean;
  /** Whether every request is signed on its way, so that no sign-in is needed: `holdfast console`. */
  readonly isSigned: boolean;
}

const UNKNOWN: Deployment = { isSimulated: false, isSigned: false };
const DeploymentContext = createContext(UNKNOWN);

export const useDeployment = (): Deployment => useContext(DeploymentContext);

/** Shows nothing until it is known: a moment, because the file is tiny. */
export function DeploymentProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [deployment, setDeployment] = useState<Deployment | undefined>(undefined);
  useEffect(() => {
    fetch('/console/deployment.json', { cache: 'no-store' })
      .then((response) => response.json() as Promise<Deployment>)
      .then(setDeployment, () => setDeployment(UNKNOWN));
  }, []);
  if (deployment === undefined) return null;
  return <DeploymentContext.Provider value={deployment}>{children}</DeploymentContext.Provider>;
}
