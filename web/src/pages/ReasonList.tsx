// Why a call went the way it did, step by step, in the language of the page.
import { List } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Reason } from '../api/types';

/** The server's own sentence where it knows a reason that this page does not. */
function reasonText(t: TFunction, reason: Reason): string {
  return t(`reasons.${reason.code}`, { ...reason.args, defaultValue: reason.text });
}

export function ReasonList({ reasons }: { reasons: Reason[] }) {
  const { t } = useTranslation();
  return (
    <List type="ordered" size="sm" spacing={4}>
      {reasons.map((reason, index) => (
        <List.Item key={index}>{reasonText(t, reason)}</List.Item>
      ))}
    </List>
  );
}
