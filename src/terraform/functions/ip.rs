//! Networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Context, MANY, functions, integer, text};
use crate::model::Why;
use crate::terraform::value::{Evaluated, Value};

functions! {
    "cidrhost" 2..2, Whole, host;
    "cidrnetmask" 1..1, Whole, |cx, it| match network(&it[0])? {
        IpNet::V4(net) => Ok(cx.text(net.netmask().to_string())),
        IpNet::V6(_) => Err(Why::WrongType),
    };
    "cidrsubnet" 3..3, Whole, |cx, it| {
        let base = network(&it[0])?;
        Ok(cx.text(subnet(&base, bits(&it[1])?, number(&it[2])?)?.to_string()))
    };
    "cidrsubnets" 1..MANY, Whole, subnets;
}

/// Terraform takes the address of a host for that of its network.
fn network(value: &Value<'_>) -> Result<IpNet, Why> {
    let net: IpNet = text(value)?.parse().map_err(|_| Why::WrongType)?;
    Ok(net.trunc())
}

fn bits(value: &Value<'_>) -> Result<u8, Why> {
    u8::try_from(integer(value)?).map_err(|_| Why::WrongType)
}

fn number(value: &Value<'_>) -> Result<u128, Why> {
    u128::try_from(integer(value)?).map_err(|_| Why::WrongType)
}

/// An address as a number, counted from the top of 128 bits.
fn to_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(it) => u128::from(it.to_bits()) << 96,
        IpAddr::V6(it) => it.to_bits(),
    }
}

fn from_bits(bits: u128, like: &IpNet) -> IpAddr {
    match like {
        IpNet::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits >> 96).unwrap_or(0))),
        IpNet::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    }
}

fn shifted(value: u128, by: u32) -> Option<u128> {
    if by >= 128 { (value == 0).then_some(0) } else { value.checked_shl(by).filter(|it| it >> by == value) }
}

fn subnet(base: &IpNet, more: u8, index: u128) -> Result<IpNet, Why> {
    let length = base
        .prefix_len()
        .checked_add(more)
        .filter(|it| *it <= base.max_prefix_len())
        .ok_or(Why::WrongType)?;
    if more < 128 && index >> more != 0 {
        return Err(Why::WrongType);
    }
    let offset = shifted(index, 128 - u32::from(length)).ok_or(Why::WrongType)?;
    let address = from_bits(to_bits(base.network()) | offset, base);
    IpNet::new(address, length).map_err(|_| Why::WrongType)
}

fn subnets<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let base = network(&it[0])?;
    let mut next = to_bits(base.network());
    let mut made = Vec::new();
    for more in &it[1..] {
        let length = base.prefix_len() + bits(more)?;
        if length > base.max_prefix_len() || !base.contains(&from_bits(next, &base)) {
            return Err(Why::WrongType);
        }
        let step = shifted(1, 128 - u32::from(length)).ok_or(Why::WrongType)?;
        // A network starts at a multiple of its size.
        let start = next.div_ceil(step).checked_mul(step).ok_or(Why::WrongType)?;
        let net = IpNet::new(from_bits(start, &base), length).map_err(|_| Why::WrongType)?;
        if !base.contains(&net) {
            return Err(Why::WrongType);
        }
        made.push(cx.text(net.to_string()));
        next = start.checked_add(step).ok_or(Why::WrongType)?;
    }
    Ok(cx.list(made))
}

fn host<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let base = network(&it[0])?;
    let number = integer(&it[1])?;
    let free = u32::from(base.max_prefix_len() - base.prefix_len());
    let size = if free >= 127 { u128::MAX } else { 1_u128 << free };
    // Negative numbers count from the end.
    let offset = match u128::try_from(number) {
        Ok(it) => it,
        Err(_) => size.checked_sub(u128::from(number.unsigned_abs())).ok_or(Why::WrongType)?,
    };
    if offset >= size {
        return Err(Why::WrongType);
    }
    let shift = 128 - u32::from(base.max_prefix_len());
    let offset = shifted(offset, shift).ok_or(Why::WrongType)?;
    Ok(cx.text(from_bits(to_bits(base.network()) | offset, &base).to_string()))
}
