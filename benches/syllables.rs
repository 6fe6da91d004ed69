//! Made-up names of plausible length, as many different ones as are wanted.

const SYLLABLES: &str = "锦江文家市河红龙泉白云万安小长平湖丰沙溪阳山信兰考坪石桥塘湾岭坡寨店堡庄沟川源新东西南北大中上下青金玉华兴福永和顺太明光天";

/// Two to five syllables, the same for a number in every run.
pub fn name(number: usize) -> String {
    let chars: Vec<char> = SYLLABLES.chars().collect();
    let mut n = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8;
    let mut name = String::new();
    for _ in 0..2 + number % 4 {
        name.push(chars[n % chars.len()]);
        n /= chars.len();
    }
    name
}
