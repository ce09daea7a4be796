// Creates several phones at once, and shows how they log in (PHO-3).
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageFrame } from '../../../shell/PageFrame';
import { AccessData } from './AccessData';
import { NamesForm } from './NamesForm';
import type { MadePhones } from './useMakePhones';

export default function SeveralPhones() {
  const { t } = useTranslation();
  const [made, setMade] = useState<MadePhones | null>(null);
  return (
    <PageFrame title={made ? t('phones.several.done', { count: made.phones.length }) : t('phones.several.title')} up={{ to: '/phones', text: t('phones.title') }}>
      <div className="panel">{made ? <AccessData made={made} /> : <NamesForm onMade={setMade} />}</div>
    </PageFrame>
  );
}
