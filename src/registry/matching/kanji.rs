//! Forms of one kanji, and kanji that are taken for each other. Compatibility characters are not here: NFKC folds them.
use std::collections::HashMap;
use std::sync::OnceLock;

/// Each group: the form in common use, then old and variant forms of the same character, as family registers have them.
const VARIANTS: &str = "\
    辺邊邉 斎齋斋 斉齊 浜濱濵 沢澤 広廣 国國圀 島嶋嶌 富冨 桜櫻 恵惠 竜龍 滝瀧 関關 塩鹽 栄榮 学學斈 円圓 真眞 実實 条條 来來 \
    峰峯 吉𠮷 高髙 崎﨑嵜碕 徳德 瀬瀨 静靜 県縣 芸藝 万萬 与與 両兩 並竝 亀龜 予豫 争爭 亜亞 仏佛 仮假 会會 伝傳 体體 余餘 併倂 \
    価價 倹儉 児兒 党黨 内內 写寫 処處 剣劍劔剱 剰剩 労勞 効效 励勵 勧勸 勲勳 区區 医醫 単單 厳嚴 参參 双雙 収收 叙敍敘 台臺 \
    号號 団團 囲圍 図圖 圧壓 塁壘 壊壞 壮壯 声聲 壱壹 売賣 変變 奨奬 嬢孃 宝寶寳 寛寬 寝寢 対對 寿壽 専專 将將 尽盡 届屆 属屬 \
    岳嶽 峡峽 巌巖 巣巢 帯帶 帰歸 庁廳 廃廢 弁辯瓣辨 弐貳 弥彌 弾彈 当當 径徑 従從 恋戀 悩惱 悪惡 戦戰 戯戲 戸戶 払拂 抜拔 \
    択擇 担擔 拝拜 拠據 拡擴 挙擧 挟挾 挿插 捜搜 掲揭 揺搖 摂攝 撃擊 教敎 数數 断斷 旧舊 昼晝 晋晉 晩晚 暁曉 暦曆 曽曾 枢樞 \
    桟棧 検檢 楼樓 楽樂 概槪 様樣 権權 横橫 欧歐 歓歡 歩步 歯齒 毎每 気氣 浄淨 浅淺 涙淚 涼凉 渇渴 済濟 渉涉 渋澁澀 渓溪 温溫 \
    湾灣 湿濕 満滿 滞滯 潜潛 灯燈 炉爐 点點 為爲 焼燒 犠犧 状狀 独獨 狭狹 獣獸 瓶甁 産產 画畫 畳疊 痩瘦 痴癡 発發 盗盜 砕碎 \
    礼禮 祢禰 禅禪 秘祕 称稱 稲稻 穂穗 穏穩 穣穰 窃竊 粛肅 粋粹 糸絲 経經 絵繪 継繼 続續 緑綠 縁緣 縄繩 縦縱 総總 繊纖 聡聰 聴聽 \
    脳腦 臓臟 舎舍 船舩 茎莖 荘莊 蔵藏 薫薰 薬藥 虚虛 虫蟲 蚕蠶 蛍螢 蛮蠻 衛衞 装裝 覇霸 覚覺 覧覽 観觀 触觸 訳譯 証證 誉譽 読讀 \
    説說 謡謠 譲讓 豊豐 賛贊 践踐 軽輕 転轉 辞辭 遅遲 遥遙 郎郞 郷鄕 酔醉 釈釋 鉄鐵鐡 鉱鑛 銭錢 鋳鑄 錬鍊 録錄 鎌鐮 鎖鎻 閲閱 \
    陥陷 険險 隠隱 随隨 隣鄰 雑雜 霊靈 青靑 頼賴 顔顏 顕顯 飲飮 駅驛 駆驅 騒騷 験驗 髄髓 鴎鷗 鶏鷄 鶴靏靍 麦麥 黄黃 黒黑 黙默 齢齡 \
    桧檜 桑桒 柳栁 松枩 梅楳 館舘 鴬鶯 蝋蠟 蛎蠣 砺礪 祷禱 侠俠 尭堯 槙槇 瑶瑤 凛凜 晃晄 窓窻 恒恆 増增 橋𣘺槗 清淸 丈𠀋 土圡 \
    彦彥 慎愼 今𫝆 籠篭 薮藪籔 鯵鰺 淵渕渊 莱萊 萌萠 蒋蔣 諌諫 迩邇 頴穎 煕熙凞 毘毗 昇曻 麺麵 舗舖 妍姸 姫姬 \
    繋繫 掴摑 填塡 頬頰 剥剝 嘘噓 躯軀 騨驒 箪簞 賎賤 涛濤 焔焰 桝枡 梼檮 壷壺 柵栅 函凾";

/// Each group: kanji that are different and often written for each other.
const SIMILAR: &str = "斎斉 園薗 坂阪 村邨 跡蹟 己巳已 未末 修脩 秋穐 野埜 藁藳 祐佑 幸倖 杉椙";

fn folds(groups: &'static str) -> HashMap<char, char> {
    let members = |group: &'static str| {
        let mut all = group.chars();
        let first = all.next().unwrap_or(' ');
        all.map(move |other| (other, first))
    };
    groups.split_whitespace().flat_map(members).collect()
}

/// The form in common use of each kanji.
pub(super) fn common_forms(text: &str) -> String {
    static FOLDS: OnceLock<HashMap<char, char>> = OnceLock::new();
    let folds = FOLDS.get_or_init(|| folds(VARIANTS));
    text.chars().map(|one| folds.get(&one).copied().unwrap_or(one)).collect()
}

/// One kanji for all of those that are taken for each other.
pub(super) fn similar_forms(text: &str) -> String {
    static FOLDS: OnceLock<HashMap<char, char>> = OnceLock::new();
    let folds = FOLDS.get_or_init(|| folds(SIMILAR));
    text.chars().map(|one| folds.get(&one).copied().unwrap_or(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use icu_normalizer::ComposingNormalizerBorrowed;

    #[test]
    fn each_character_stands_in_one_group_and_is_its_own_nfkc() {
        for groups in [VARIANTS, SIMILAR] {
            let mut all: Vec<char> = groups.chars().filter(|one| !one.is_whitespace()).collect();
            for one in &all {
                let text = one.to_string();
                assert_eq!(ComposingNormalizerBorrowed::new_nfkc().normalize(&text), text, "{one} never gets here");
            }
            all.sort_unstable();
            let twice: Vec<char> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            assert!(twice.is_empty(), "{twice:?}");
            assert!(groups.split_whitespace().all(|group| group.chars().count() > 1));
        }
    }

    #[test]
    fn similar_kanji_are_not_made_one_by_the_variants() {
        for group in SIMILAR.split_whitespace() {
            let mut folded: Vec<String> = group.chars().map(|one| common_forms(&one.to_string())).collect();
            let before = folded.len();
            folded.sort();
            folded.dedup();
            assert_eq!(folded.len(), before, "{group}");
        }
    }

    #[test]
    fn names_of_family_registers_have_their_common_form() {
        for (written, common) in
            [("渡邊", "渡辺"), ("渡邉", "渡辺"), ("髙橋", "高橋"), ("齋藤", "斎藤"), ("𠮷田", "吉田")]
        {
            assert_eq!(common_forms(written), common);
        }
        assert_ne!(common_forms("斎藤"), common_forms("斉藤"));
        assert_eq!(similar_forms("斎藤"), similar_forms("斉藤"));
    }
}
