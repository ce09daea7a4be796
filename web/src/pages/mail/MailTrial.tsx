// A test mail at once, with what the two servers said to each other.
import { Alert, Button, Group, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { ApiError } from '../../api/error';
import { useSession } from '../../api/session';
import { FieldGroup } from '../../forms/FieldGroup';
import { fieldErrorText, notifyError } from '../../shell/notify';

interface Trial {
  sent: boolean;
  answer: string;
  dialogue: string;
}

export function MailTrial() {
  const { t } = useTranslation();
  const session = useSession();
  const [to, setTo] = useState(session.data?.user.email ?? '');
  const trial = useMutation({
    mutationFn: () => api.post<Trial>('mail-test', { to }),
    onError: (error) => {
      if (!(error instanceof ApiError && error.fields.some(({ field }) => field === 'to'))) notifyError(error);
    },
  });
  const wrong = trial.error instanceof ApiError ? trial.error.fields.find(({ field }) => field === 'to') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    trial.mutate();
  };

  return (
    <FieldGroup title={t('mail.trial.title')}>
      <form onSubmit={submit} noValidate>
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('mail.trial.to')}
            type="email"
            value={to}
            error={wrong && fieldErrorText(wrong)}
            onChange={(event) => {
              setTo(event.currentTarget.value);
              trial.reset();
            }}
          />
          <Button type="submit" variant="default" loading={trial.isPending}>
            {t('mail.trial.send')}
          </Button>
        </Group>
      </form>
      {trial.data && (
        <Alert
          mt="sm"
          color={trial.data.sent ? 'petrol' : 'red'}
          title={trial.data.sent ? t('mail.trial.sent') : t('mail.trial.failed')}
          role="status"
        >
          {trial.data.answer}
          {trial.data.dialogue && (
            <Textarea
              mt="xs"
              label={t('mail.trial.dialogue')}
              readOnly
              rows={12}
              classNames={{ input: 'mono' }}
              value={trial.data.dialogue}
            />
          )}
        </Alert>
      )}
    </FieldGroup>
  );
}
