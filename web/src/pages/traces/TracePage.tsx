// The SIP trace of one call: ladder on the left, the picked message on the right.
import { Alert, Loader } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { useTrace } from '../../api/runtime';
import { errorText } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { layLadder } from './ladder';
import { LadderDiagram } from './LadderDiagram';
import { Message } from './Message';
import classes from './traces.module.css';

export default function TracePage() {
  const { t } = useTranslation();
  const callId = useSearchParams()[0].get('id') ?? '';
  const trace = useTrace(callId);
  const [picked, setPicked] = useState(0);
  const messages = useMemo(() => trace.data?.messages ?? [], [trace.data]);
  const product = t('shell.product');
  const ladder = useMemo(() => layLadder(messages, product), [messages, product]);
  const message = messages[picked];

  return (
    <PageFrame title={t('traces.one')} up={{ to: '/traces', text: t('traces.title') }} badge={<span className={`mono ${classes.callId}`}>{callId}</span>}>
      {trace.isPending && <Loader size="sm" />}
      {trace.isError && (
        <Alert color="red" role="alert">
          {errorText(trace.error)}
        </Alert>
      )}
      {message && (
        <div className={classes.split}>
          <LadderDiagram ladder={ladder} picked={picked} onPick={setPicked} />
          <Message message={message} />
        </div>
      )}
      {trace.isSuccess && messages.length === 0 && <p>{t('traces.empty')}</p>}
    </PageFrame>
  );
}
