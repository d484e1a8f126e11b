package sheet

// headers are the names that columns bear in the wild, by field: as people write them and
// as HubSpot, Salesforce, Sansan, Eight, cybozu, SATORI, BowNow and lead media (ITトレンド,
// BOXIL, アイミツ, ASPIC) export them, in Japanese and English. They are compared after
// headerKey, so spaces, case, width, kana and punctuation do not matter. A ~ in front says
// that the name is used for other things too, and each further one weakens it more.
var headers = map[Field]string{
	LastName:  `姓 氏 苗字 名字 名前(姓) 氏名(姓) お名前(姓) 担当者姓 姓(漢字) LastName Surname FamilyName LName`,
	FirstName: `名 名前(名) 氏名(名) お名前(名) 担当者名(名) 名(漢字) 下の名前 FirstName GivenName Forename FName`,
	Name: `氏名 名前 お名前 姓名 フルネーム 担当者名 ご担当者名 ご担当者様名 担当者氏名 ご担当者氏名 ご担当者様 お客様名 お客様担当者
		顧客担当者 顧客担当者名 先方担当者 先方担当者名 連絡先名 人名 来場者名 参加者名 参加者氏名 申込者名 申込者氏名 取引先責任者 取引先責任者名 取引先責任者:氏名
		リード名 コンタクト名 コンタクト 回答者名 代表者名 ~顧客名 ~申込者 ~代表者
		Name FullName ContactName PersonName LeadName YourName AttendeeName ParticipantName Contact ~Person ~DisplayName`,
	LastKana: `姓カナ 姓フリガナ 姓(かな) 姓(ふりがな) 姓よみ 姓読み 姓ヨミガナ よみ(姓) 読み(姓) フリガナ(姓) カナ(姓) ふりがな(セイ) 名前カナ(姓) お名前フリガナ(姓) 氏カナ
		セイ せい 苗字カナ LastNameKana LastKana LastNamePhonetic PhoneticLastName LastNameLocal FamilyNameKana YomiLastName`,
	FirstKana: `名カナ 名フリガナ 名(かな) 名(ふりがな) 名よみ 名読み 名ヨミガナ よみ(名) 読み(名) フリガナ(名) カナ(名) ふりがな(メイ) 名前カナ(名) お名前フリガナ(名)
		メイ めい FirstNameKana FirstKana FirstNamePhonetic PhoneticFirstName FirstNameLocal GivenNameKana YomiFirstName`,
	Kana: `フリガナ ふりがな カナ かな ヨミ ヨミガナ 読み 読み仮名 よみがな 氏名カナ 氏名フリガナ 氏名(カナ) 氏名よみ 氏名ヨミガナ 名前カナ 名前フリガナ お名前カナ お名前フリガナ
		お名前よみ 姓名カナ 姓名フリガナ 姓名かな 担当者名カナ 担当者名フリガナ 担当者カナ 担当者フリガナ ご担当者名フリガナ カナ氏名 カナ名 Kana NameKana FullNameKana Furigana Phonetic PhoneticName`,
	Email: `メールアドレス メアド Eメール Eメールアドレス Email E-mail EmailAddress E-mailAddress Mail MailAddress 電子メール 電子メールアドレス Eメールアドレス1
		メールアドレス1 Email1 PC用メールアドレス PCメール PCメールアドレス 会社メールアドレス 会社E-mail 勤務先メールアドレス 勤務先メール 担当者メールアドレス ご担当者メールアドレス
		WorkEmail BusinessEmail PrimaryEmail ContactEmail CompanyEmail YourEmail UserEmail ~メール ~アドレス ~ログインID ~~連絡先`,
	Email2: `メールアドレス2 Eメール2 Email2 メール2 サブメールアドレス サブメール 予備メールアドレス その他メールアドレス 別メールアドレス 携帯メール 携帯メールアドレス 個人メールアドレス
		SecondaryEmail AdditionalEmail AdditionalEmailAddresses OtherEmail AlternateEmail PersonalEmail`,
	Company: `会社名 企業名 法人名 社名 御社名 貴社名 会社 企業 団体名 組織名 組織 勤務先 勤務先名 勤務先名称 所属企業 所属会社 会社名称 企業名称 正式社名 会社・団体名 企業・団体名
		会社名・団体名 会社名/団体名 企業名(団体名) 法人・団体名 取引先 取引先名 会社名/取引先名 会社名・屋号 屋号 顧客企業名 顧客会社名 関連する会社 所属機関 機関名 学校名 店舗名 会社名(正式名称) 会社名(漢字)
		Company CompanyName Account AccountName Company/Account Organization OrganizationName Organisation Employer AssociatedCompany PrimaryAssociatedCompany BusinessName Corporation Firm ~所属 ~取引先 ~顧客名`,
	CompanyKana: `会社名カナ 会社名フリガナ 会社名よみ 会社名ヨミガナ 会社カナ 会社フリガナ 会社よみ 企業名カナ 企業名フリガナ 企業カナ 法人名カナ 法人名フリガナ 社名カナ 社名フリガナ 団体名カナ 取引先名カナ 取引先名フリガナ
		CompanyKana CompanyNameKana AccountNameKana CompanyNameLocal PhoneticCompanyName`,
	CorporateNumber: `法人番号 法人No 会社法人番号 企業法人番号 会社法人等番号 法人番号(13桁) 法人マイナンバー 国税庁法人番号 CorporateNumber CorporationNumber HojinBango HoujinBangou JCN`,
	Department:      `部署 部署名 担当部署 担当部署名 部門 部門名 所属部署 所属部署名 所属部門 ご所属部署 ご所属部署名 部課名 部署・部門 部署/部門 事業部 所属部課 所属名 課名 部署名1 部署1 組織部署 部署名・役職名 Department DepartmentName Dept Division Section ~所属 ~Team ~BusinessUnit`,
	Title:           `役職 役職名 肩書 肩書き お役職 職位 役職/職種 役職・肩書き 職名 JobTitle JobPosition Position PositionTitle Title Role ~職種 ~職務 ~JobRole ~Occupation`,
	Rank:            `役職ランク 役職区分 役職クラス 役職レベル 役職階層 役職分類 役職カテゴリ 職階 職級 職位区分 職位ランク Seniority SeniorityLevel JobLevel ManagementLevel EmploymentSeniority ~~ランク`,
	Phone: `電話番号 電話 TEL Tel. 電話番号1 TEL1 会社電話番号 会社電話 会社TEL TEL会社 代表電話 代表電話番号 代表TEL TEL(代表) 電話番号(代表) 勤務先電話番号 勤務先TEL お電話番号 ご連絡先電話番号 連絡先電話番号 固定電話
		電話番号(会社) 電話番号(勤務先) ~直通電話 ~直通TEL ~TEL直通 ~直通電話番号 ~電話番号(直通) ~直通 ~部署TEL ~部門TEL ~TEL部門 ~部署電話番号 Phone PhoneNumber Telephone TelephoneNumber TelNo Tel WorkPhone BusinessPhone CompanyPhone OfficePhone ContactPhoneNumber ~連絡先 ~DirectPhone ~MainPhone`,
	Mobile:     `携帯 携帯電話 携帯番号 携帯電話番号 ケータイ 携帯TEL TEL携帯 モバイル モバイル番号 電話番号(携帯) TEL(携帯) スマートフォン Mobile MobilePhone MobilePhoneNumber MobileNumber CellPhone Cell CellNumber`,
	Fax:        `FAX FAX番号 ファックス ファクス 会社FAX FAX会社 代表FAX 部署FAX Facsimile FaxNumber FaxNo`,
	Postal:     `郵便番号 〒 郵便 郵便番号(郵送先) 勤務先郵便番号 会社郵便番号 会社〒 Zip ZipCode PostalCode PostCode Zip/PostalCode ZIP/郵便番号 MailingZip/PostalCode MailingPostalCode MailingZip`,
	Prefecture: `都道府県 都道府県名 都道府県/地域 所在地都道府県 都道府県(郵送先) 住所(都道府県) 住所都道府県 ~地域 ~県 Prefecture State State/Province State/Region StateProvince MailingState MailingState/Province Province ~Region`,
	City:       `市区町村 市区郡 市町村 市区 市区町村名 市区郡(郵送先) 住所(市区町村) 住所市区町村 City MailingCity Town`,
	Address: `住所 所在地 会社住所 会社所在地 本社所在地 本社住所 勤務先住所 ご住所 住所1 住所2 住所3 住所4 番地 町名 町名・番地 町名・番地(郵送先) 丁目番地 町域 丁目・番地 番地以降 住所(番地) 住所(町名・番地) 住所(番地以降) 住所(建物名) 建物名 ビル名 建物 建物名・階数 以降の住所 それ以降の住所
		Address StreetAddress Street MailingStreet MailingAddress Address1 Address2 AddressLine1 AddressLine2 Street1 Street2 CompanyAddress Building`,
	URL:       `URL 会社URL 企業URL ホームページ ホームページURL HP HPURL 会社HP 企業HP ウェブサイト Webサイト Webサイト URL ウェブサイトURL WebサイトURL サイトURL コーポレートサイト 公式サイト 会社ホームページ Website WebsiteURL WebSite Homepage CompanyURL CompanyWebsite CompanyDomain CompanyDomainName ~ドメイン ~ドメイン名 ~会社のドメイン名 ~Domain ~Web ~Site`,
	Industry:  `業種 業界 業種名 業界名 業種・業界 業種/業界 会社業種 企業業種 産業 業種(大分類) 業種大分類 Industry IndustryType Sector ~事業内容 ~Vertical ~業種(中分類) ~業種(小分類)`,
	Employees: `従業員数 従業員規模 社員数 社員規模 企業規模 会社規模 従業員 従業員数(単体) 従業員数(連結) 従業員人数 貴社従業員数 人数規模 Employees EmployeeCount EmployeesCount NumberOfEmployees NoOfEmployees NumEmployees NumberEmployees EmployeeSize CompanySize EmployeeRange CompanySizeRange ~規模 ~人数`,
	Capital:   `資本金 資本金額 資本金(円) 資本金(万円) 資本金(百万円) 資本金(千円) Capital CapitalStock PaidInCapital`,
	Source: `リードソース リード元 流入元 流入経路 流入チャネル 獲得経路 獲得元 獲得チャネル 獲得媒体 初回流入元 初回流入経路 初回参照元 参照元 認知経路 問い合わせ経路 お問い合わせ経路 オリジナルソース 元のソース 情報源 取得元 取得経路 入手経路 入手元 登録経路 顧客発生元 発生元 きっかけ お知りになったきっかけ 当社を知ったきっかけ 媒体 媒体名 メディア名 チャネル 経路
		LeadSource Source OriginalSource OriginalTrafficSource LatestSource TrafficSource Channel Medium UtmSource ReferralSource HowDidYouHear HowDidYouHearAboutUs ~Referrer ~ソース ~リードソース詳細 ~~登録フォーム`,
	Campaign: `キャンペーン キャンペーン名 展示会名 展示会 イベント名 イベント セミナー名 セミナータイトル ウェビナー名 ウェビナータイトル 施策名 施策 資料名 ダウンロード資料 ダウンロード資料名 資料請求サービス 請求資料名 資料請求製品 請求製品 請求サービス名 Campaign CampaignName Event EventName UtmCampaign Webinar WebinarName SeminarName ~サービス名 ~製品名 ~フォーム名 ~フォーム ~コンバージョン名 ~初回コンバージョン ~FirstConversion ~商品名`,
	LastTouch: `名刺交換日 名刺交換日時 交換日 資料請求日 資料請求日時 請求日 請求日時 請求日付 問い合わせ日 お問い合わせ日 お問い合わせ日時 問合せ日 問合せ日時 問い合わせ日時 申込日 申込日時 お申込日 お申し込み日時 申し込み日 ダウンロード日 ダウンロード日時 DL日 DL日時 リード獲得日 リード獲得日時 獲得日 獲得日時 発生日 発生日時 来場日 来場日時 来場日付 参加日 受付日 受付日時 送信日時 回答日時 コンバージョン日 コンバージョン日時 CV日時 CV日 最終接触日 最終コンタクト日 最終対応日 最終活動日 最終アクティビティー日 最終アクティビティ日 前回接触日 接触日 接点日 対応日
		LastActivity LastActivityDate LastContacted LastContactDate LastTouch LastTouchDate SubmittedAt SubmissionDate SubmitTime RequestDate InquiryDate CardExchangeDate MetOn Timestamp タイムスタンプ
		~登録日 ~登録日時 ~登録年月日 ~取得日 ~取得日時 ~日付 ~日時 ~年月日 ~Date ~RegistrationDate ~RegisteredAt ~RegistrationTime ~初回接触日 ~初回訪問日時 ~リード作成日
		~~作成日 ~~作成日時 ~~CreateDate ~~CreatedDate ~~CreatedAt ~~Created ~~DateCreated ~~最終更新日 ~~最終更新日時 ~~更新日 ~~更新日時 ~~LastModifiedDate ~~UpdatedAt`,
	Memo:       `メモ 備考 備考欄 備考1 備考2 メモ1 メモ2 コメント 特記事項 ヒアリング内容 ヒアリング 商談メモ 商談内容 会話内容 会話メモ 説明 お問い合わせ内容 お問合せ内容 問い合わせ内容 お問合わせ内容 ご質問 質問 ご質問内容 ご相談内容 相談内容 ご要望 要望 ご要望・ご質問 課題 お悩み 導入目的 検討背景 名刺メモ 自由記入欄 自由記述 内容 その他ご要望 対応内容 対応履歴 Memo Note Notes Comment Comments Remarks Description Message InquiryDetails Inquiry Questions`,
	Tags:       `タグ タグ名 タグ一覧 ラベル 名刺タグ Tag Tags Label Labels ~グループ ~分類 ~関心 ~興味 ~興味関心 ~関心のある製品 ~カテゴリ ~Group ~Groups ~Category ~Interests`,
	OptIn:      `メール配信可否 メール配信 メール配信許可 メール配信許諾 メール配信同意 メール配信希望 メール配信の可否 メール可否 配信可否 配信許諾 配信許可 配信希望 メルマガ メルマガ配信 メルマガ希望 メルマガ購読 メルマガ登録 メルマガ許諾 メールマガジン メールマガジン希望 メールマガジン配信 オプトイン オプトイン状況 許諾 パーミッション 同意 同意有無 個人情報同意 個人情報の取扱いに同意 個人情報の取り扱い同意 プライバシーポリシー同意 案内メール希望 情報提供希望 DM可否 DM許可 メール送信可否 メール許諾 マーケティングコンタクトステータス マーケティング許諾 OptIn EmailOptIn OptedIn MarketingOptIn MarketingConsent EmailConsent Consent Newsletter NewsletterOptIn Subscribed SubscriptionStatus MarketingContactStatus EmailPermission AcceptsMarketing AcceptsEmailMarketing GDPRConsent LegalBasis`,
	OptOut:     `メール送信除外 メール配信停止 配信停止 メール配信拒否 配信拒否 配信不可 メール不要 オプトアウト メールオプトアウト Eメールの配信停止 Eメール配信停止 すべてのEメールの配信停止 すべてのEメールを配信停止 配信停止フラグ 配信除外 メルマガ停止 連絡不可 営業NG NGフラグ EmailOptOut HasOptedOutOfEmail OptOut OptedOut OptedOutOfEmail OptedOutOfAllEmail UnsubscribedFromAllEmail Unsubscribed Unsubscribe DoNotEmail DoNotContact EmailOptedOut`,
	Owner:      `所有者 リード所有者 リード所有者:氏名 所有者名 名刺所有者 名刺所有者名 営業担当 営業担当者 営業担当者名 担当営業 担当営業名 自社担当者 自社担当 弊社担当 弊社担当者 社内担当者 コンタクト担当者 コンタクト所有者 取引先所有者 対応者 対応者名 接客者 接客担当 対応担当者 IS担当 FS担当 インサイドセールス担当 フィールドセールス担当 アサイン先 主担当 担当社員 Owner LeadOwner ContactOwner AccountOwner OwnerName AssignedTo Assignee SalesRep SalesOwner HubSpotOwner RecordOwner ~担当者 ~担当`,
	WorkStatus: `リードステータス リード状況 リードの状況 対応状況 対応ステータス フォロー状況 フォローステータス 営業ステータス 営業状況 架電状況 架電ステータス 商談ステータス 商談状況 進捗 進捗状況 アプローチ状況 検討状況 LeadStatus ContactStatus SalesStatus FollowUpStatus WorkStatus ~ステータス ~状況 ~状態 ~Status ~リードステージ ~MemberStatus`,
	Budget:     `予算 ご予算 予算感 予算額 予算規模 予算金額 予算状況 予算の有無 予算有無 導入予算 想定予算 年間予算 Budget BudgetAmount BudgetRange EstimatedBudget`,
	Timing:     `導入時期 導入予定時期 導入検討時期 導入希望時期 導入予定 検討時期 ご検討時期 ご導入時期 ご導入予定時期 導入予定日 希望時期 購入時期 購入予定時期 発注時期 発注予定時期 利用開始時期 利用開始希望時期 導入スケジュール スケジュール感 Timing Timeline TimeFrame PurchaseTimeframe PurchaseTiming ImplementationTiming DecisionTimeframe`,
	RankAB:     `会話ランク 商談ランク リードランク 見込みランク 見込み度 見込度 確度 確度ランク 名刺ランク 来場者ランク ヒアリングランク ランクABC ランク(A~D) ランク(ABCD) ABCDランク ABCランク 評価ランク 温度感 ~ランク ~Rank ~LeadRank ~Grade ~LeadGrade ~Rating ~評価`,
}

// elsewhere are words that make a column tell about somebody or something else than the
// lead and its company: it is kept under its own name.
var elsewhere = []string{
	"紹介者", "上司", "請求先", "請求書", "配送", "送付先", "緊急", "旧", "変更前", "親会社", "自宅", "家族", "秘書", "アシスタント", "競合", "前職",
	"billing", "shipping", "otherstreet", "othercity", "otherstate", "otherzip", "othercountry", "otherphone", "assistant", "reportsto", "parent", "home", "previous", "former", "referrer", "bounce", "ownerid", "recordid", "contactid", "leadid", "accountid",
}

// surnames are the fifty most frequent Japanese family names; together nearly a third of
// the people. They tell names where no header does.
const surnames = `佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水
	山崎 阿部 森 池田 橋本 山下 石川 中島 前田 藤田 後藤 小川 岡田 村上 長谷川 近藤 石井 斉藤 坂本 遠藤
	青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川`

// prefectures are the 47.
const prefectures = `北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県
	岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県
	佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県`
