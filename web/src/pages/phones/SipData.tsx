// What a person types into the phone (PHO-3).
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useSipAccount } from '../../api/runtime';
import type { Phone, SipAccount } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { QrCode } from '../../qr/QrCode';
import { Icon } from '../../shell/icons';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import { CopyButton } from '../../forms/CopyButton';
import classes from './phones.module.css';

const ROWS: (keyof SipAccount)[] = ['server', 'port', 'transport', 'username', 'password', 'domain', 'uri'];
/** sip:NAME:PASSWORD@SERVER:PORT, RFC 3261 19.1.1 */
function accountUri({ username, password, server, port, transport }: SipAccount): string {
  const host = server.includes(':') ? `[${server}]` : server;
  return `sip:${username}:${encodeURIComponent(password)}@${host}:${port};transport=${transport}`;
}

const HIDDEN = '••••••••••••';

interface SipDataProps {
  phone: Pick<Phone, 'id'>;
  /** Just made: nothing is hidden, and there is no reason for another password. */
  fresh?: boolean;
}

export function SipData({ phone, fresh = false }: SipDataProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const account = useSipAccount(phone.id);
  const [shown, setShown] = useState(fresh);
  const [ask, dialogue] = useConfirm();
  const renew = useMutation({
    mutationFn: () => api.post(`phones/${phone.id}/new-secret`),
    onSuccess: () => {
      notifyDone(t('phones.newSecretDone'));
      setShown(true);
      return client.invalidateQueries({ queryKey: ['phones', 'sip-account', phone.id] });
    },
    onError: notifyError,
  });

  const newSecret = async () => {
    const question = { title: t('phones.newSecret'), text: t('phones.newSecretQuestion'), confirm: t('phones.newSecret') };
    if (await ask(question)) renew.mutate();
  };

  if (account.isError) return <Alert color="red">{errorText(account.error)}</Alert>;
  if (!account.data) return <Loader size="sm" />;
  const data = account.data;
  return (
    <Stack gap="sm">
      {!fresh && <Text c="dimmed">{t('phones.sipIntro')}</Text>}
      <div className={classes.split}>
        <dl className={classes.sip}>
          {ROWS.map((row) => {
            const value = String(data[row] ?? '');
            const label = t(`phones.sip.${row}`);
            return (
              <div key={row}>
                <dt>{label}</dt>
                <dd className="mono" data-field={row}>
                  {row === 'password' && !shown ? HIDDEN : value}
                </dd>
                <dd>
                  <CopyButton text={value} what={label} />
                </dd>
              </div>
            );
          })}
        </dl>
        {shown && (
          <figure className={classes.qr}>
            <QrCode text={accountUri(data)} label={t('phones.qr')} />
            <figcaption>{t('phones.qrHelp')}</figcaption>
          </figure>
        )}
      </div>
      {!fresh && (
        <Group gap="xs">
          <Button variant="default" onClick={() => setShown(!shown)}>
            {shown ? t('phones.hidePassword') : t('phones.showPassword')}
          </Button>
          <Button variant="default" leftSection={<Icon name="key" size={14} />} loading={renew.isPending} onClick={() => void newSecret()}>
            {t('phones.newSecret')}
          </Button>
        </Group>
      )}
      {dialogue}
    </Stack>
  );
}
