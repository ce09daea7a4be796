// The SIP trace of one call: ladder on the left, the picked message on the right; both grow while it runs.
import { Alert, Badge, Button, Loader, Switch, Text } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router-dom';
import { pcapUrl, useTrace } from '../../api/traces';
import type { TraceSummary } from '../../api/types';
import { dateTime } from '../../i18n/format';
import { errorText } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { traceAddress } from './address';
import { rowId } from './ArrowRow';
import { layLadder } from './ladder';
import { LadderDiagram } from './LadderDiagram';
import { Message } from './Message';
import classes from './traces.module.css';

function Links({ links }: { links: TraceSummary[] }) {
  const { t } = useTranslation();
  if (links.length === 0) return null;
  return (
    <Text mb="sm">
      {t('traces.links')}:{' '}
      {links.map((link, index) => (
        <span key={link.call_id}>
          {index > 0 && '; '}
          <Link to={traceAddress(link.call_id)}>
            {link.caller} → {link.called} ({dateTime(link.started_at)})
          </Link>
        </span>
      ))}
    </Text>
  );
}

/** Which message is shown: the picked one, or while following the newest. */
function usePicked(count: number, live: boolean) {
  const [picked, setPicked] = useState(0);
  const [following, setFollowing] = useState(false);
  const shown = following && count > 0 ? count - 1 : Math.min(picked, Math.max(0, count - 1));
  useEffect(() => {
    if (following) document.getElementById(rowId(shown))?.scrollIntoView({ block: 'nearest' });
  }, [following, shown]);
  const pick = (index: number) => {
    setFollowing(false);
    setPicked(index);
  };
  const follow = (on: boolean) => {
    setFollowing(on);
    setPicked(shown);
  };
  return { shown, pick, follow, following: following && live };
}

export default function TracePage() {
  const { t } = useTranslation();
  const callId = useSearchParams()[0].get('id') ?? '';
  const trace = useTrace(callId);
  const live = trace.data?.live ?? false;
  const messages = useMemo(() => trace.data?.messages ?? [], [trace.data]);
  const { shown, pick, follow, following } = usePicked(messages.length, live);
  const product = t('shell.product');
  const ladder = useMemo(() => layLadder(messages, product), [messages, product]);
  const message = messages[shown];

  return (
    <PageFrame
      title={t('traces.one')}
      up={{ to: '/traces', text: t('traces.title') }}
      badge={
        <>
          {live && <Badge color="petrol">{t('traces.live')}</Badge>}
          <span className={`mono ${classes.callId}`}>{callId}</span>
        </>
      }
      actions={
        message && (
          <>
            {live && <Switch label={t('traces.follow')} checked={following} onChange={(event) => follow(event.currentTarget.checked)} />}
            <Button component="a" variant="default" href={pcapUrl([callId])} download>
              {t('traces.pcap')}
            </Button>
          </>
        )
      }
    >
      {trace.isPending && <Loader size="sm" />}
      {trace.isError && (
        <Alert color="red" role="alert">
          {errorText(trace.error)}
        </Alert>
      )}
      {trace.data && <Links links={trace.data.links} />}
      {message && (
        <div className={classes.split}>
          <LadderDiagram ladder={ladder} picked={shown} onPick={pick} />
          <Message message={message} />
        </div>
      )}
      {trace.isSuccess && messages.length === 0 && <p>{t('traces.empty')}</p>}
    </PageFrame>
  );
}
