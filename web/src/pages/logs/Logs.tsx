// What the parts of the system write about their work.
import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLogLines, useLogs, type LogFilters } from '../../api/logs';
import { number } from '../../i18n/format';
import { PageFrame } from '../../shell/PageFrame';
import { Filters } from './Filters';
import { Levels } from './Levels';
import { Lines } from './Lines';
import classes from './logs.module.css';

export default function Logs() {
  const { t } = useTranslation();
  const [filters, setFilters] = useState<LogFilters>({});
  const [following, setFollowing] = useState(true);
  const [choosing, setChoosing] = useState(false);
  const logs = useLogs();
  const lines = useLogLines(filters, following);

  return (
    <PageFrame
      title={t('logs.title')}
      actions={
        <>
          <Button variant="default" aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
            {t('logs.levels')}
          </Button>
          <Button variant="default" component="a" href="/api/logs/file" download>
            {t('logs.download')}
          </Button>
          <Button variant="default" component="a" href="/api/logs/file?traces=1" download>
            {t('logs.downloadTraces')}
          </Button>
        </>
      }
    >
      {choosing && logs.data && (
        <div className={classes.levels}>
          <Levels logs={logs.data} />
        </div>
      )}
      <section className="panel" aria-label={t('logs.title')}>
        <div className={classes.bar}>
          <Filters filters={filters} onFilters={setFilters} logs={logs.data} />
          <Switch label={t('logs.follow')} checked={following} onChange={(event) => setFollowing(event.currentTarget.checked)} />
        </div>
        <Lines lines={lines} />
      </section>
      {logs.data && logs.data.lost > 0 && <p className={classes.lost}>{t('logs.lost', { lost: number(logs.data.lost) })}</p>}
    </PageFrame>
  );
}
