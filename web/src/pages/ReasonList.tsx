// Why a call went the way it did, step by step, in the language of the page.
import { List } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Reason } from '../api/types';
import { reasonText } from '../i18n/reasons';

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
