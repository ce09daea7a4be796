// One SIP message in full.
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TraceMessage } from '../../api/types';
import { dateTime } from '../../i18n/format';
import { CopyButton } from '../../forms/CopyButton';
import classes from './traces.module.css';

export function Message({ message }: { message: TraceMessage }) {
  const { t } = useTranslation();
  const [from, to] = message.dir === 'in' ? [message.remote, message.local] : [message.local, message.remote];
  return (
    <section className={`panel ${classes.message}`} aria-label={t('traces.message')} aria-live="polite">
      <Group justify="space-between" wrap="nowrap" gap="xs" px="sm" py={6} className={classes.messageHead}>
        <Text size="xs" c="dimmed">
          {t('traces.way', { from, to, transport: message.transport.toUpperCase(), at: dateTime(message.at) })}
        </Text>
        <CopyButton text={message.text} what={t('traces.message')} />
      </Group>
      {/* a scrolling text must be reachable with the keyboard */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={`mono ${classes.text}`} tabIndex={0}>
        {message.text}
      </pre>
    </section>
  );
}
