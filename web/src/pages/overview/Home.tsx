// The first page: the system for administrators, their own calls for everybody else.
import { lazy } from 'react';
import { useRights } from '../../api/session';
import { OwnOverview } from './OwnOverview';

const Overview = lazy(() => import('./Overview'));

export default function Home() {
  return useRights().has('admin') ? <Overview /> : <OwnOverview />;
}
