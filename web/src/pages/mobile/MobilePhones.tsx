// Mobile phones that ring with those of somebody (iFMC).
import { Alert, Button, Group, Loader, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMobileTwins, type TwinsOf } from '../../api/mobileTwins';
import type { MobileTwin } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { fieldLabel } from '../../forms/texts';
import { Icon } from '../../shell/icons';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import { MobileDialogue } from './MobileDialogue';
import { timesText } from './times';
import classes from './mobile.module.css';

interface MobilePhonesProps {
  whose: TwinsOf;
  /** False: one may see and use them, not change them. */
  mayEdit?: boolean;
  dnd?: boolean;
}

function How({ twin }: { twin: MobileTwin }) {
  const { t } = useTranslation();
  const how = [
    twin.delay_s ? t('mobile.after', { seconds: twin.delay_s }) : t('mobile.atOnce'),
    twin.confirm ? t('mobile.byKey') : t('mobile.byAnswer'),
    ...(twin.group_calls ? [t('mobile.groups')] : []),
  ];
  return (
    <>
      <Text size="sm">{how.join(' · ')}</Text>
      <Text size="sm" c="dimmed">
        {timesText(t, twin.times)}
      </Text>
    </>
  );
}

export function MobilePhones({ whose, mayEdit = true, dnd = false }: MobilePhonesProps) {
  const { t } = useTranslation();
  const { twins, error, save, remove } = useMobileTwins(whose);
  const [edited, setEdited] = useState<MobileTwin | 'new' | null>(null);
  const [ask, question] = useConfirm();
  if (error) return <Alert color="red">{errorText(error)}</Alert>;
  if (!twins) return <Loader size="sm" />;

  const turn = (twin: MobileTwin, enabled: boolean) => save.mutate({ id: twin.id, values: { enabled } }, { onError: notifyError });
  const removeOne = async ({ id, number }: MobileTwin) => {
    const text = t('forms.removeQuestion', { count: 1, names: number });
    if (!(await ask({ title: t('forms.removeTitle'), text, confirm: t('forms.removeConfirm') }))) return;
    remove.mutate([id], { onSuccess: () => notifyDone(t('forms.removed', { count: 1 })), onError: notifyError });
  };

  return (
    <Stack gap="md" maw={720}>
      <Text c="dimmed">{t('mobile.intro')}</Text>
      {dnd && <Alert color="brass">{t('mobile.dnd')}</Alert>}
      {twins.length === 0 && <Text>{t('mobile.none')}</Text>}
      {twins.map((twin) => (
        <div key={twin.id} className={classes.twin} role="group" aria-label={twin.number}>
          <div>
            <strong className="mono">{twin.number}</strong>
            <How twin={twin} />
          </div>
          <Group gap="xs" align="center">
            <Switch
              label={fieldLabel('mobile_twin', 'enabled')}
              checked={twin.enabled}
              disabled={!mayEdit || save.isPending}
              onChange={(event) => turn(twin, event.currentTarget.checked)}
            />
            {mayEdit && (
              <>
                <Button size="compact-sm" variant="default" aria-label={t('mobile.changeOne', { number: twin.number })} onClick={() => setEdited(twin)}>
                  {t('mobile.edit')}
                </Button>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  aria-label={t('mobile.removeOne', { number: twin.number })}
                  onClick={() => void removeOne(twin)}
                >
                  {t('forms.removeConfirm')}
                </Button>
              </>
            )}
          </Group>
          {twin.enabled && twin.too_late && (
            <Alert color="brass" className={classes.note}>
              {t('mobile.tooLate')}
            </Alert>
          )}
        </div>
      ))}
      {mayEdit && (
        <Button style={{ alignSelf: 'flex-start' }} leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
          {t('mobile.new')}
        </Button>
      )}
      {edited && <MobileDialogue whose={whose} twin={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {question}
    </Stack>
  );
}
