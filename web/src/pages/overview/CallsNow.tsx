import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { LiveCall } from '../../api/types';
import { CallState } from '../calls/CallState';
import { Party } from '../calls/Party';
import classes from './overview.module.css';

const SHOWN = 8;

export function CallsNow({ calls }: { calls: LiveCall[] }) {
  const { t } = useTranslation();
  return (
    <section className={`panel ${classes.box}`} aria-labelledby="overview-calls">
      <h2 id="overview-calls">{t('overview.callsNow')}</h2>
      {calls.length === 0 && <Text c="dimmed">{t('calls.none')}</Text>}
      <ul className={classes.list}>
        {calls.slice(0, SHOWN).map((call) => (
          <li key={call.call_id}>
            <Party party={call.caller} /> <span aria-hidden="true">→</span> <Party party={call.called} />
            <span className={classes.end}>
              <CallState call={call} />
            </span>
          </li>
        ))}
      </ul>
      {calls.length > SHOWN && <Link to="/calls">{t('overview.allCalls', { count: calls.length })}</Link>}
    </section>
  );
}
